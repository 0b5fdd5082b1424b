import { guardsIn, type Mutation } from '../mutation.ts'

const MASKED = 'No token, secret, assertion or ID token in an error'
const GIVES_NOTHING = '%s: %s() reveals nothing when the provider repeats the request in %s'
const PRINTABLE = 'Texts from a provider or the runtime are shown without control'
const FINGERPRINT = 'A fingerprint is 64 bits of SHA-256'
const CREDENTIAL = 'Exactly one credential per request'

/** Secrets go to the provider and nowhere else. */
export const secretGuards: readonly Mutation[] = [
  ...guardsIn({ promise: MASKED, file: 'packages/core/src/call.ts', test: 'tests/faults/src/secrets.test.ts' }, [
    ["masks the application's secret", 'secrets: [token, options.appSecret,', 'secrets: [token,', GIVES_NOTHING],
  ]),
  ...guardsIn({ promise: MASKED, file: 'packages/core/src/redaction.ts', test: 'tests/faults/src/secrets.test.ts' }, [
    ['finds secrets in texts', 'const found = hiddenIn(masked, needles)', 'const found: string[] = []', GIVES_NOTHING],
    [
      'masks a whole text if a secret is only found by decoding',
      'if (found.length > 0 && hiddenIn(masked, needles).length > 0) masked = MASK',
      '',
      GIVES_NOTHING,
    ],
  ]),
  ...guardsIn(
    { promise: MASKED, file: 'packages/core/src/hidden-secret.ts', test: 'packages/core/src/hidden-secret.test.ts' },
    [
      ['reads hexadecimal', '...(text.match(HEX) ?? []).map(fromHex), ', '', 'in hexadecimal'],
      ['reads base64', ', ...fromBase64(text)]', ']', 'in base64'],
      ['reads escapes', 'of [unescaped(text), ', 'of [', 'in escapes of JSON'],
      ['reads nested encodings', 'const DEPTH = 3', 'const DEPTH = 1', 'in base64 of base64'],
      ['finds secrets in any letter case', '(reading) => reading.toLowerCase()', '(reading) => reading', 'in capitals'],
    ],
  ),
  ...guardsIn(
    { promise: MASKED, file: 'packages/core/src/shared-windows.ts', test: 'packages/core/src/redaction.test.ts' },
    [
      [
        'compares every part with the same hash',
        'else if (!alike.includes(window)) alike.push(window)',
        '',
        'masks both of two parts of a secret that have the same hash',
      ],
    ],
  ),
  ...guardsIn({ promise: MASKED, file: 'packages/core/src/call.ts', test: 'packages/core/src/recent-tokens.test.ts' }, [
    [
      'masks the tokens of the last calls',
      "if (token !== undefined) remember(recent, token, operation === 'revoke')",
      '',
      'tokens of a bulk run that a provider repeats are masked in errors, results and events',
    ],
    [
      'masks the values of custom headers',
      'secrets.concat(long, ',
      'secrets.concat(long.slice(0, 0), ',
      'are masked from 12 characters on, except the user agent',
    ],
  ]),
  ...guardsIn(
    { promise: MASKED, file: 'packages/core/src/attempt-history.ts', test: 'packages/core/src/recent-tokens.test.ts' },
    [
      [
        'masks errors that a transport or clientAuth throws',
        'redactCause(error, redactorOf(this.#call)) as LogoutError',
        'error',
        'as %s in a transport is masked and made printable',
      ],
    ],
  ),
  ...guardsIn(
    { promise: MASKED, file: 'packages/core/src/attempts.ts', test: 'packages/core/src/recent-tokens.test.ts' },
    [
      [
        'masks the query of an endpoint',
        'if (query && request.url.length - query >= WINDOW) call.secrets.push(request.url.slice(query))',
        '',
        'may quote the address, whose query may contain a key',
      ],
    ],
  ),
  ...guardsIn(
    { promise: PRINTABLE, file: 'packages/core/src/redaction.ts', test: 'packages/core/src/hidden-secret.test.ts' },
    [
      [
        'makes texts printable',
        'const shown = printable(masked)',
        'const shown = masked',
        'the remaining text is printable',
      ],
    ],
  ),
  ...guardsIn(
    { promise: PRINTABLE, file: 'packages/core/src/printable.ts', test: 'packages/core/src/printable.test.ts' },
    [
      [
        'recognizes control and format characters',
        '[\\p{C}\\p{Zl}',
        '[\\p{Zl}',
        'printable() escapes every character of %s',
      ],
      [
        'recognizes invisible characters',
        '\\p{Default_Ignorable_Code_Point}',
        '',
        'printable() escapes every character of %s',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'The same in every runtime',
      file: 'packages/core/src/redaction.ts',
      test: 'tests/runtimes/src/matrix.test.ts',
    },
    [
      [
        'finds secrets in texts, whatever the runtime',
        'const found = hiddenIn(masked, needles)',
        'const found: string[] = []',
        '$name runs the whole suite with $package',
      ],
    ],
  ),
  ...guardsIn(
    { promise: FINGERPRINT, file: 'packages/core/src/fingerprint.ts', test: 'packages/core/src/fingerprint.test.ts' },
    [
      [
        'uses the key',
        'const digest = key\n',
        'const digest = false\n',
        'a fingerprint with a key is the beginning of HMAC-SHA-256',
      ],
      ['requires a long key', '.length >= LEAST_KEY_BYTES)', '.length >= 0)', 'refuses a key that is %s'],
    ],
  ),
  ...guardsIn(
    { promise: FINGERPRINT, file: 'packages/outbox/src/fingerprint.ts', test: 'packages/outbox/src/tokens.test.ts' },
    [
      [
        'uses the key in the outbox',
        'if (key === undefined) return',
        'if (key !== 7) return',
        'tokens are named as fingerprintToken() does with the key %s',
      ],
    ],
  ),
  ...guardsIn(
    { promise: FINGERPRINT, file: 'packages/cli/src/revoke/run-revoke.ts', test: 'tests/cli/src/fingerprints.test.ts' },
    [
      [
        'uses the key in the outputs of the command line',
        'const naming = await fingerprintFor(terminal)',
        'const naming = (await fingerprintFor(terminal)) && fingerprint',
        'with FINGERPRINT_KEY, every command names tokens by it, and no output confirms a guess at a token',
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
      ['refuses two credentials from a custom clientAuth', 'if (!text || count > 1 ||', 'if (!text ||', 'refuses %s'],
      [
        'prevents a custom clientAuth from setting the token',
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
    [['refuses headers that hold a credential', 'if (credential)\n', 'if (false)\n', 'refuses the credential %s']],
  ),
  ...guardsIn(
    {
      promise: 'No option `headers` that breaks up or reframes a request',
      file: 'packages/core/src/request-headers.ts',
      test: 'packages/core/src/request-headers.test.ts',
    },
    [
      [
        'refuses headers that the request sets',
        'if (reserved) invalidOption',
        'if (false) invalidOption',
        'refuses %s, which the request sets',
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
      ['gives each assertion a unique id', '.setJti(crypto.randomUUID())', ".setJti('same')", 'has a unique id'],
      [
        'lets an assertion expire',
        '.setExpirationTime(issuedAt + lifetimeSeconds)',
        '.setExpirationTime(issuedAt + 31_536_000)',
        'lives for lifetimeSeconds: %i',
      ],
    ],
  ),
  {
    promise: 'A signed assertion is short-lived and used once',
    guard: 'limits the lifetime to five minutes',
    file: 'packages/core/src/assertion-options.ts',
    find: 'lifetimeSeconds >= 30 && lifetimeSeconds <= 300',
    replace: 'lifetimeSeconds >= 30',
    test: { file: 'packages/core/src/jwt.refusals.test.ts', name: 'is what privateKeyJwt() throws for %s' },
  },
  {
    promise: "The page's side has no option for a secret",
    guard: 'has no option for a secret',
    file: 'packages/browser-proxy/src/client/create-logout.ts',
    find: 'export interface BrowserLogoutOptions {',
    replace: 'export interface BrowserLogoutOptions {\n  readonly appSecret?: string\n',
    test: {
      file: 'packages/browser-proxy/src/client/create-logout.test-d.ts',
      name: 'no option of the page’s side can hold a client secret',
    },
  },
]
