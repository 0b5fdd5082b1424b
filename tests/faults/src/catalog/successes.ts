import { gzipSync } from 'node:zlib'
import { type Answer, answer, byteByByte, head, pour, write } from '../behaviors.ts'
import { type Expected, either, fails, type Row, succeeds } from '../row.ts'
import { json, portalPage } from './bodies.ts'

const accepted = succeeds()
const strange = fails('unexpected_response')

/** The meaning of a 2xx with this body for a revocation and for an introspection. */
interface SuccessBody extends Pick<Answer, 'headers' | 'body'> {
  readonly name: string
  readonly revocation: Expected
  readonly introspection: Expected
}

const refusedInside = (code: Parameters<typeof fails>[0], details: Expected['details'] = {}): Expected =>
  fails(code, { details })

const bodies: readonly SuccessBody[] = [
  { name: 'no body', body: '', revocation: accepted, introspection: strange },
  { name: 'white space', body: ' \r\n', revocation: accepted, introspection: strange },
  {
    name: 'text',
    headers: { 'content-type': 'text/plain' },
    body: 'OK',
    revocation: accepted,
    introspection: strange,
  },
  {
    name: 'an empty object',
    ...json({}),
    revocation: accepted,
    introspection: strange,
  },
  {
    name: "GenAuth's envelope of success",
    ...json({ statusCode: 200, message: 'success', data: { success: true } }),
    revocation: accepted,
    introspection: strange,
  },
  {
    name: 'an introspection of an active token',
    ...json({ active: true, sub: 'user-1' }),
    revocation: strange,
    introspection: accepted,
  },
  {
    name: 'an introspection, gzipped and of the wrong type',
    headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
    body: gzipSync('{"active":false}'),
    revocation: accepted,
    introspection: accepted,
  },
  {
    name: 'an introspection whose active is text',
    ...json({ active: 'true' }),
    revocation: accepted,
    introspection: strange,
  },
  {
    name: 'an envelope that says 403',
    ...json({ statusCode: 403, apiCode: 2333, message: 'no permission', requestId: 'req-0002' }),
    ...either(
      refusedInside('rejected', { apiCode: 2333, requestId: 'req-0002', providerErrorDescription: 'no permission' }),
    ),
  },
  {
    name: 'an envelope that says 401',
    ...json({ statusCode: 401, message: 'wrong secret' }),
    ...either(refusedInside('client_auth_failed')),
  },
  {
    name: 'an envelope that says 429',
    ...json({ statusCode: 429, message: 'slow down' }),
    ...either(refusedInside('rate_limited')),
  },
  {
    name: 'an envelope that says 500',
    ...json({ statusCode: 500, message: 'oops' }),
    ...either(refusedInside('provider_unavailable')),
  },
  { name: 'the legacy envelope', ...json({ code: 400, message: 'bad token' }), ...either(refusedInside('rejected')) },
  {
    name: 'an OAuth error',
    ...json({ error: 'invalid_client' }),
    ...either(refusedInside('client_auth_failed', { providerError: 'invalid_client' })),
  },
  {
    name: 'data.success false',
    ...json({ statusCode: 200, message: 'no', data: { success: false } }),
    ...either(refusedInside('rejected')),
  },
  { name: 'an HTML page', ...portalPage, ...either(strange) },
  {
    name: 'an HTML page declared as text',
    headers: { 'content-type': 'text/plain' },
    body: portalPage.body as string,
    ...either(strange),
  },
  {
    name: 'broken JSON',
    headers: { 'content-type': 'application/json' },
    body: '{"statusCode":403,"message":"no per',
    ...either(strange),
  },
  {
    name: 'bytes that are not text',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0xfe, 0x00, 0x00]),
    ...either(strange),
  },
  {
    name: '10 MB',
    headers: { 'content-type': 'text/plain' },
    body: Buffer.alloc(10_485_760, 'yes '),
    ...either(strange),
  },
  {
    name: '10 MB, gzipped to little',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(10_485_760, ' ')),
    ...either(strange),
  },
]

// A 204 has no body by definition, so there is only one kind.
const statuses = [200, 201, 202, 206]

/** Every 2xx with every body. */
export const successes: readonly Row[] = [
  ...statuses.flatMap((status) =>
    bodies.map(
      ({ name, revocation, introspection, ...body }): Row => ({
        name: `${status} with ${name}`,
        behave: answer({ status, ...body }),
        revocation,
        introspection,
      }),
    ),
  ),
  { name: '204', behave: answer({ status: 204 }), revocation: accepted, introspection: strange },
]

/** Endless responses, of which only the beginning is read before the client closes the connection. */
export const endless: readonly Row[] = ['text/plain', 'application/json', 'text/html'].flatMap((type) =>
  [200, 403].map((status): Row => {
    const start = head({ status, headers: { 'content-type': type, 'content-length': '1000000000000' } })
    return {
      name: `${status} with an endless ${type}`,
      behave: pour(start, 'All work and no play makes Jack a dull boy. '.repeat(200)),
      ...either(fails(status === 200 ? 'unexpected_response' : 'rejected')),
      afterward: (server) => server.deserted(),
    }
  }),
)

const ok = head({ headers: { 'content-length': '0' } })
const page = '5\r\nhello\r\n'

/** Unusual forms of a plain success that HTTP allows. */
export const oddlyPut: readonly Row[] = [
  { name: '102 before 200', behave: write(`HTTP/1.1 102 Processing\r\n\r\n${ok}`) },
  { name: '103 before 200', behave: write(`HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n${ok}`) },
  {
    name: '103 twice before 200',
    behave: write(`${'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n'.repeat(2)}${ok}`),
  },
  {
    name: '200 in chunks',
    behave: write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${page}${page}0\r\n\r\n`),
  },
  { name: '200 without a length, ended by closing', behave: write('HTTP/1.1 200 OK\r\n\r\nhello', 'end') },
  { name: 'HTTP/1.0', behave: write('HTTP/1.0 200 OK\r\n\r\nhello', 'end') },
  { name: 'HTTP/1.0 with a length', behave: write('HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello', 'end') },
  { name: 'HTTP/1.0 without anything', behave: write('HTTP/1.0 200 OK\r\n\r\n', 'end') },
  { name: 'no reason phrase', behave: write('HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n') },
  { name: '12 kB of headers', behave: answer({ headers: { 'x-padding': 'p'.repeat(12_000) } }) },
  { name: '300 headers', behave: answer({ headers: { 'x-many': Array.from({ length: 300 }, String) } }) },
  {
    name: 'one byte at a time',
    behave: byteByByte(ok),
  },
].map(({ name, behave }) => ({ name, behave, revocation: accepted, introspection: strange }))
