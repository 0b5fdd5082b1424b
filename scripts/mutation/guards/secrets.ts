import { guardsIn, type Mutation } from '../mutation.ts'

const MASKED = 'No token, secret, assertion or ID token in an error'
const GIVES_NOTHING = '%s: %s() gives nothing away when the provider repeats the request in %s'
const CREDENTIAL = 'Exactly one credential per request'

/** Secrets go to the provider and nowhere else. */
export const secretGuards: readonly Mutation[] = [
  ...guardsIn({ promise: MASKED, file: 'packages/core/src/call.ts', test: 'tests/faults/src/secrets.test.ts' }, [
    ['masks the token of a call', 'secrets: [token, options.appSecret,', 'secrets: [options.appSecret,', GIVES_NOTHING],
    ["masks the application's secret", 'secrets: [token, options.appSecret,', 'secrets: [token,', GIVES_NOTHING],
  ]),
  ...guardsIn(
    {
      promise: 'The same in every runtime',
      file: 'packages/core/src/call.ts',
      test: 'tests/runtimes/src/matrix.test.ts',
    },
    [
      [
        'masks the token of a call, whatever the runtime',
        'secrets: [token, options.appSecret,',
        'secrets: [options.appSecret,',
        '$name runs the whole suite with $package',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: CREDENTIAL,
      file: 'packages/core/src/client-auth.ts',
      test: 'packages/core/src/client-auth.test.ts',
    },
    [
      [
        'refuses two credentials from a clientAuth of your own',
        'if (!text || count > 1 ||',
        'if (!text ||',
        'refuses %s',
      ],
      [
        'keeps a clientAuth of your own from setting the token',
        " || names.some((name) => name.startsWith('token'))) {",
        ') {',
        'refuses %s',
      ],
      [
        'form-encodes id and secret before Basic',
        '`${formEncode(appId)}:${formEncode(appSecret)}`',
        '`${appId}:${appSecret}`',
        'form-encodes id and secret before Basic',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: CREDENTIAL,
      file: 'packages/core/src/request-headers.ts',
      test: 'packages/core/src/request-headers.test.ts',
    },
    [
      [
        'refuses headers that hold a credential',
        'if (credential) refuse',
        'if (false) refuse',
        'refuses the credential %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No option `headers` that breaks up or reframes a request',
      file: 'packages/core/src/request-headers.ts',
      test: 'packages/core/src/request-headers.test.ts',
    },
    [
      [
        'refuses headers that the request itself decides',
        'if (reserved) refuse',
        'if (false) refuse',
        'refuses %s, which the request itself decides',
      ],
      [
        'refuses line breaks in values',
        '!/^[\\x20-\\x7e\\xa0-\\xff]+$/.test(value)',
        "value === ''",
        'refuses %s, and names the option',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A signed assertion is short-lived and used once',
      file: 'packages/core/src/jwt.ts',
      test: 'packages/core/src/jwt.test.ts',
    },
    [
      [
        'gives each assertion an id of its own',
        '.setJti(crypto.randomUUID())',
        ".setJti('same')",
        'has an id of its own every time',
      ],
      [
        'lets an assertion expire',
        '.setExpirationTime(issuedAt + lifetimeSeconds)',
        '.setExpirationTime(issuedAt + 31_536_000)',
        'lives for lifetimeSeconds: %i',
      ],
      [
        'limits the lifetime to five minutes',
        'lifetimeSeconds >= 30 && lifetimeSeconds <= 300',
        'lifetimeSeconds >= 30',
        'is what privateKeyJwt() throws for %s',
      ],
    ],
  ),
  {
    promise: "The page's side has no option for a secret",
    guard: 'has no option for a secret',
    file: 'packages/browser-proxy/src/client/create-logout.ts',
    find: 'export interface BrowserLogoutOptions {',
    replace: 'export interface BrowserLogoutOptions {\n  readonly appSecret?: string\n',
    test: {
      file: 'packages/browser-proxy/src/client/create-logout.test-d.ts',
      name: 'no option of the page’s half can hold a client secret',
    },
  },
]
