import { guardsIn, type Mutation } from '../mutation.ts'

const GUARDS = 'Method, address, prefetch, header, origin, fetch metadata, type and size'
const ALL = 'the guards accept %s only as the contract allows, whatever else is in the request'
const RETURN = 'After a logout, users are sent only to addresses on the list'

/** A logout cannot be forced from elsewhere. */
export const pageGuards: readonly Mutation[] = [
  ...guardsIn(
    {
      promise: GUARDS,
      file: 'packages/browser-proxy/src/server/guards.ts',
      test: 'packages/browser-proxy/src/server/guards.test.ts',
    },
    [
      ['accepts only POST', "if (method !== 'POST') throw", "if (method === '') throw", ALL],
      [
        'refuses prefetch',
        "if (PREFETCH.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? ''))) {",
        'if (false) {',
        'a prefetch is refused, identified by %s: %s',
      ],
      [
        'requires its header',
        "if (door === 'script' && headers.get('x-logout-request') !== '1') {",
        'if (false) {',
        ALL,
      ],
      ['requires one of its own origins', 'if (origin === null || !own.has(origin)) {', 'if (origin === null) {', ALL],
      [
        'requires an origin',
        'if (origin === null || !own.has(origin)) {',
        'if (origin !== null && !own.has(origin)) {',
        ALL,
      ],
      ['refuses other sites', "if (site !== null && site !== 'same-origin') {", 'if (false) {', ALL],
    ],
  ),
  ...guardsIn(
    {
      promise: 'A header of a reverse proxy counts only',
      file: 'packages/browser-proxy/src/server/own-origin.ts',
      test: 'packages/browser-proxy/src/server/guards.test.ts',
    },
    [
      [
        'trusts no header unless configured',
        'nearest(trusted && headers.get(`${trusted}-${name}`))',
        'nearest(headers.get(`x-forwarded-${name}`))',
        'no header is trusted unless configured',
      ],
      [
        'uses the value of the nearest proxy',
        "return list?.split(',').at(-1)?.trim()",
        "return list?.split(',').at(0)?.trim()",
        'a value that a client has forged does not',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: GUARDS,
      file: 'packages/core/src/request-body.ts',
      test: 'packages/browser-proxy/src/server/request-body.test.ts',
    },
    [
      [
        'reads only up to the limit',
        'if (length > maxBytes)',
        'if (length > 1_000_000)',
        'a body without a declared length is read only up to the limit',
      ],
      [
        'does not read a body that declares too large a length',
        "if (Number(request.headers.get('content-length')) > maxBytes) return { problem: 'too_large' }",
        '',
        'a body that declares too large a length is not read at all',
      ],
      [
        'abandons a body that never ends',
        "if (leftMs <= 0) return { problem: 'too_slow' }\n      const { done, value } = await within(leftMs, () => reader.read())",
        'const { done, value } = await reader.read()',
        'a body that never ends is abandoned',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: GUARDS,
      file: 'packages/browser-proxy/src/server/request-body.ts',
      test: 'packages/browser-proxy/src/server/request-body.test.ts',
    },
    [['refuses unknown members', 'if (!Object.hasOwn(LIMITS, name)) {', 'if (false) {', 'the body %j is refused']],
  ),
  ...guardsIn(
    {
      promise: GUARDS,
      file: 'packages/browser-proxy/src/server/request-body.ts',
      test: 'packages/browser-proxy/src/server/guards.test.ts',
    },
    [
      ['requires JSON', '(type !== null && !JSON_TYPE.test(type))', '(false)', ALL],
      [
        'refuses a compressed body',
        "if (!/^(?:identity)?$/i.test(request.headers.get('content-encoding') ?? '')) throw wrongType()",
        '',
        'a compressed body is refused',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: 'No page of another origin gets through in a real browser',
      file: 'packages/browser-proxy/src/server/guards.ts',
      test: 'tests/browser/src/cross-origin.test.ts',
    },
    [
      [
        'checks what a page cannot choose: origin, fetch metadata, and a header that needs a preflight request',
        "  if (door === 'script' && headers.get('x-logout-request') !== '1') {",
        "  if (method === 'POST') return 'http://any.example'\n  if (door === 'script' && headers.get('x-logout-request') !== '1') {",
        'arrives, and logs nobody out',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise: RETURN,
      file: 'packages/browser-proxy/src/server/return-address.ts',
      test: 'packages/browser-proxy/src/server/return-address.test.ts',
    },
    [
      [
        'compares the whole address',
        'if (url.href === href)',
        'if (href.startsWith(url.href))',
        'return_to %j is refused',
      ],
      [
        'refuses addresses that browsers parse differently',
        'return HARMLESS.test(text) && /^\\/(?!\\/)/.test(text)',
        'return /^\\/(?!\\/)/.test(text)',
        'the list must not have %j',
      ],
      [
        'refuses user information in an address',
        "return url !== null && url.username === '' && url.password === ''",
        'return url !== null',
        'the list must not have %j',
      ],
    ],
  ),
  ...guardsIn(
    {
      promise:
        'The local session ends last, whatever the provider does: until then, the tokens are in it or in the outbox',
      file: 'packages/browser-proxy/src/server/end-session.ts',
      test: 'packages/browser-proxy/src/server/logout-handler.provider-failures.test.ts',
    },
    [
      [
        'clears the session even if not all tokens are revoked',
        "const cleared = await runStep('clear', async () => new Headers((await session.clear(request)) ?? {}))",
        "const cleared = await runStep('clear', async () => new Headers((outcome.status === 'logged_out' && (await session.clear(request))) || {}))",
        'and %s, the session still ends, and the response says so',
      ],
    ],
  ),
]
