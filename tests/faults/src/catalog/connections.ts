import { expect } from 'vitest'
import { answer, hangUp, head, inTurn, reset, stayAway, trickle, write } from '../behaviors.ts'
import { codeOf, either, fails, type Row } from '../row.ts'

const lost = either(fails('network'))
/** The order of a reset and the client's use of the open connection depends on which is faster. */
const unheard = either(fails('network', { requests: 0, state: expect.toBeOneOf(['live', 'unknown']) }))
/** Without a connection, nothing is sent. */
const unsent = either(fails('network', { requests: 0, state: 'live' }))

// Nothing listens on a port below 1024 that was never assigned to a service; `fetch` does not refuse this one.
const NOBODY = 'http://127.0.0.1:2'
// Longer than a label may be, so that no resolver is queried.
const NO_NAME = `https://${'n'.repeat(64)}.invalid`

const truncated = 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nthat was'
const cutChunk = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\nthat was'

/** Connections that fail before a complete answer: the client cannot know whether the request arrived. */
export const brokenConnections: readonly Row[] = [
  {
    name: 'a name that does not resolve',
    behave: answer({}),
    appHost: NO_NAME,
    ...unsent,
    afterward: says('ENOTFOUND'),
  },
  { name: 'a refused connection', behave: answer({}), appHost: NOBODY, ...unsent, afterward: says('ECONNREFUSED') },
  {
    name: 'a reset instead of a greeting',
    behave: answer({}),
    server: { onConnection: (socket) => socket.resetAndDestroy() },
    ...unheard,
  },
  { name: 'a reset instead of a response', behave: reset, ...lost },
  { name: 'a disconnect instead of a response', behave: hangUp, ...lost },
  { name: 'a reset within the headers', behave: write('HTTP/1.1 200 OK\r\ncontent-le', 'reset'), ...lost },
  { name: 'a disconnect within the headers', behave: write('HTTP/1.1 200 OK\r\ncontent-le', 'end'), ...lost },
  {
    name: 'a reset after the headers',
    behave: write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', 'reset'),
    ...lost,
  },
  { name: 'a reset within the body', behave: write(truncated, 'reset'), ...lost },
  { name: 'a body shorter than declared', behave: write(truncated, 'end'), ...lost },
  { name: 'a body cut within a chunk', behave: write(cutChunk, 'end'), ...lost },
  { name: 'a body cut between chunks', behave: write(`${cutChunk.slice(0, -8)}${'c'.repeat(64)}\r\n`, 'end'), ...lost },
  {
    name: 'a chunk without a size',
    behave: write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nOK'),
    ...lost,
  },
  {
    name: 'a body that is declared as gzip and is not',
    behave: answer({ headers: { 'content-encoding': 'gzip' }, body: 'OK' }),
    ...lost,
  },
  {
    name: 'two lengths',
    behave: write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 2\r\n\r\nOK'),
    ...lost,
  },
  { name: '100 kB of headers', behave: answer({ headers: { 'x-padding': 'p'.repeat(100_000) } }), ...lost },
  { name: 'something that is not HTTP', behave: write('220 mail.example ESMTP ready\r\n\r\n'), ...lost },
  {
    name: 'an HTML page without a status line',
    behave: write('<html><body>Hello</body></html>\r\n\r\n', 'end'),
    ...lost,
  },
  { name: 'noise', behave: write(Buffer.from([0, 1, 2, 3, 250, 251, 13, 10, 13, 10])), ...lost },
  {
    name: 'an unwanted switch of protocols',
    behave: write('HTTP/1.1 101 Sure\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ...lost,
  },
  { name: 'nothing but 103', behave: write('HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n', 'end'), ...lost },
  // RFC 9110 §15.2 lets a server send this unasked, but undici treats it as a broken connection.
  {
    name: '100 before 200',
    behave: write(`HTTP/1.1 100 Continue\r\n\r\n${head({ headers: { 'content-length': '0' } })}`),
    ...lost,
  },
]

/** A message that states the reason, and not only that something failed. */
function says(reason: string): NonNullable<Row['afterward']> {
  return (_, fates) => {
    for (const { error } of fates) expect(error?.message).toContain(reason)
  }
}

/** Connections that fail first, before the provider refuses: the first request may have arrived. */
export const brokenThenRefused: readonly Row[] = ([429, 503, 400, 401] as const).flatMap((status) =>
  Object.entries({ 'a reset': reset, 'a body shorter than declared': write(truncated, 'end') }).map(
    ([name, broken]): Row => ({
      name: `${name}, and then ${status}`,
      behave: inTurn(broken, answer({ status }), broken, answer({ status })),
      ...either(fails(codeOf(status), { attempts: 2, state: 'unknown' })),
      afterward: (_, fates) => {
        for (const { error } of fates) expect(error?.cause).toMatchObject({ name: 'LogoutError', code: 'network' })
      },
    }),
  ),
)

/** Refusals whose body never ends: their status is enough to decide. */
export const brokenRefusals: readonly Row[] = (
  [
    [401, 'client_auth_failed'],
    [403, 'rejected'],
    [404, 'endpoint_missing'],
    [429, 'rate_limited'],
    [503, 'provider_unavailable'],
  ] as const
).flatMap(([status, code]): Row[] => {
  const expected = either(fails(code, { details: { status } }))
  const start = head({ status, headers: { 'content-length': '1000', 'content-type': 'application/json' } })
  const chunks = head({ status, headers: { 'transfer-encoding': 'chunked' } })
  return [
    { name: `${status} with a body shorter than it says`, behave: write(`${start}{"error":`, 'end'), ...expected },
    { name: `${status} with a reset within the body`, behave: write(`${start}{"error":`, 'reset'), ...expected },
    { name: `${status} with a body cut within a chunk`, behave: write(`${chunks}40\r\n{"error":`, 'end'), ...expected },
    {
      name: `${status} with a body that is not the gzip it says`,
      behave: answer({ status, headers: { 'content-encoding': 'gzip' }, body: 'no' }),
      ...expected,
    },
  ]
})

const HASTY = { timeoutMs: 200, retries: 1 }
const late = either(fails('timeout', { requests: 'any' }))

/** Providers that never finish: `timeoutMs` ends each attempt, its body included. */
export const slowness: readonly Row[] = [
  { name: 'silence', behave: stayAway },
  { name: 'headers that never end', behave: trickle('HTTP/1.1 200 OK\r\n', 'x-slow: 1\r\n') },
  { name: 'headers that trickle', behave: trickle('HTTP/1.1 200 OK\r\nx-slow: ', 's') },
  { name: 'hints that never end', behave: trickle('', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n') },
  { name: 'a body that never comes', behave: write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n') },
  { name: 'a body that trickles', behave: trickle('HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n', '.') },
  {
    name: 'chunks that trickle',
    behave: trickle('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n.\r\n'),
  },
  { name: 'a body without a length that stays open', behave: write('HTTP/1.1 200 OK\r\n\r\nhello') },
].map((row): Row => ({ ...row, ...late, limits: HASTY, afterward: (server) => server.deserted() }))

/** Providers that use up the deadline of the whole call, which gives each token of a session its share of it. */
export const deadlines: readonly Row[] = slowness.map((row) => ({
  ...row,
  name: `${row.name}, until the deadline`,
  ...either(fails('timeout', { attempts: 1, requests: 'any' })),
  limits: { timeoutMs: 20_000, deadlineMs: 3_000, retries: 5 },
  afterward: async (server, fates) => {
    for (const { error } of fates) expect(error?.message).toContain('in time')
    await server.deserted()
  },
}))
