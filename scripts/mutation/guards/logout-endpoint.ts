import type { Mutation } from '../mutation.ts'

const src = 'packages/browser-proxy/src'
const body = 'packages/core/src/request-body.ts'
const neverRejects = `${src}/server/never-rejects.test.ts`

const READERS = "Only the application's own pages can read a response"
const SURVIVES = 'No request stops a server that has the logout endpoint'
const RESOLVES = 'The logout handler never rejects'
const RESPONDS = '`toNodeHandler` ends every response'
const BODY = 'A logout request costs at most 64 KiB of body'

/** A logout cannot be forced from elsewhere, and nothing that is sent to the endpoint stops the server. */
export const logoutEndpointGuards: readonly Mutation[] = [
  {
    promise: READERS,
    guard: 'drops CORS headers from the session’s code',
    file: `${src}/server/answer.ts`,
    find: 'access-control-.*|',
    replace: '',
    test: {
      file: neverRejects,
      name: 'whatever clear() does, the response reports a logout or that there was no session',
    },
  },
  {
    promise: READERS,
    guard: 'keeps responses out of caches',
    file: `${src}/server/answer.ts`,
    find: "'cache-control': 'no-store'",
    replace: "'cache-control': 'private'",
    test: {
      file: `${src}/server/logout-handler.test.ts`,
      name: 'a response is not cached, not shared with other origins, and not sniffed',
    },
  },
  {
    promise: SURVIVES,
    guard: 'turns an invalid address into a response, not an exception',
    file: `${src}/server/own-origin.ts`,
    find: 'URL.parse(`${scheme}',
    replace: 'new URL(`${scheme}',
    test: {
      file: 'tests/browser/src/hostile.test.ts',
      name: 'survives any input, responds or closes in time, logs out nobody else, and reveals nothing',
    },
  },
  {
    promise: SURVIVES,
    guard: 'limits the time for a body to 10 seconds',
    file: `${src}/server/request-body.ts`,
    find: 'const TIMEOUT_MS = 10_000',
    replace: 'const TIMEOUT_MS = 10_000_000',
    test: {
      file: 'tests/browser/src/runtimes.test.ts',
      name: 'every server stops waiting for a body that does not arrive',
    },
  },
  {
    promise: SURVIVES,
    guard: 'does not let a request wait for another one on Workers',
    file: `${src}/server/single-flight.ts`,
    find: "!== 'Cloudflare-Workers'",
    replace: "!== 'none'",
    test: {
      file: 'tests/browser/src/runtimes.test.ts',
      name: 'concurrent logouts of one session are joined, unless a request cannot wait for another',
    },
  },
  {
    promise: RESOLVES,
    guard: 'turns unexpected errors into internal_error',
    file: `${src}/server/logout-handler.ts`,
    find: 'const problem = expected ? error : internalError()',
    replace: 'if (!expected) throw error\n      const problem = error',
    test: {
      file: neverRejects,
      name: 'an unexpected failure is an event and the problem internal_error, which repeats no part of it',
    },
  },
  {
    promise: RESOLVES,
    guard: 'does not run code of a thrown value',
    file: `${src}/server/http-problem.ts`,
    find: "typeof value === 'object' && value !== null && #problem in value",
    replace: 'value instanceof HttpProblem',
    test: { file: neverRejects, name: 'whatever %s of a request is, the response follows the contract' },
  },
  {
    promise: RESOLVES,
    guard: 'turns a failure of a part into an event, and continues the logout',
    file: `${src}/server/step.ts`,
    find: 'return { ok: false, error }',
    replace: 'throw error',
    test: {
      file: neverRejects,
      name: 'whatever %s does, the session ends and the response follows the contract',
    },
  },
  {
    promise: RESOLVES,
    guard: 'abandons a part that hangs',
    file: 'packages/core/src/time-limit.ts',
    find: 'return withTimeLimit(work, ms, undefined, systemClock).catch(',
    replace: 'return work().catch(',
    test: {
      file: neverRejects,
      name: 'whatever %s does, the session ends and the response follows the contract',
    },
  },
  {
    promise: RESPONDS,
    guard: 'answers with internal_error if the handler rejects',
    file: `${src}/node.ts`,
    find: 'await fail(incoming, outgoing)',
    replace: 'await Promise.resolve()',
    test: { file: `${src}/node.test.ts`, name: 'a handler that %s is answered with internal_error' },
  },
  {
    promise: RESPONDS,
    guard: 'closes a response that other code has begun',
    file: `${src}/node.ts`,
    find: 'if (outgoing.headersSent) {\n    outgoing.destroy()',
    replace: 'if (outgoing.headersSent) {',
    test: {
      file: `${src}/node.test.ts`,
      name: 'a response that other code %s is finished, and the server keeps running',
    },
  },
  {
    promise: BODY,
    guard: 'reads a body up to the limit',
    file: body,
    find: 'if (length > maxBytes)',
    replace: 'if (length > Number.MAX_VALUE)',
    test: {
      file: `${src}/server/request-body.test.ts`,
      name: 'a body without a declared length is read only up to the limit',
    },
  },
  {
    promise: BODY,
    guard: 'does not keep the chunks of a body',
    file: body,
    find: '      size = length\n',
    replace: '      size = length\n      Object.assign(reader, { [size]: value })\n',
    test: {
      file: 'packages/core/src/request-body.test.ts',
      name: 'the chunks of a body are not retained, because each can hold a large buffer',
    },
  },
  {
    promise: BODY,
    guard: 'drains an unread body, so that the connection stays open',
    file: `${src}/node.ts`,
    find: 'body?.drain()',
    replace: 'body?.stream',
    test: {
      file: `${src}/node.bodies.test.ts`,
      name: 'the connection stays open after a body of any length that was too large',
    },
  },
  {
    promise: BODY,
    guard: 'disconnects a client that keeps sending',
    file: `${src}/incoming-request.ts`,
    find: 'const LINGER_MS = 5_000',
    replace: 'const LINGER_MS = 500_000',
    test: { file: `${src}/node.bodies.test.ts`, name: 'a body without an end is cut off some time after the response' },
  },
]
