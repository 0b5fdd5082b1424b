import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { fetchTransport } from './fetch-transport.ts'
import { type Answer, listen } from './testing/loopback-server.ts'
import type { TransportResponse } from './transport.ts'

/** Declares more bytes than it sends, and closes the connection. */
function breaksOff(status: number): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-length': '1000', 'retry-after': '7' })
    response.write('{"error":', () => response.destroy())
  }
}

async function send(answer: Answer): Promise<TransportResponse> {
  await using server = await listen(answer)
  const { signal } = new AbortController()
  const request = { method: 'POST', url: server.origin, headers: {}, body: 'token=t', signal } as const
  return await fetchTransport().send({ ...request, maxBodyBytes: 65_536 })
}

test.each([401, 403, 429, 503])('a refusal with %i remains a refusal when its body breaks off', async (status) => {
  const answer = await send(breaksOff(status))
  expect(answer).toMatchObject({ status, body: '', truncated: true })
  expect(answer.headers.get('retry-after')).toBe('7')
})

test('a success whose body breaks off is a failure', async () => {
  await expect(send(breaksOff(200))).rejects.toThrow(TypeError)
})

/** Far more than any reader accepts. */
function flood(): ReadableStream<Uint8Array> {
  return ReadableStream.from(Array.from({ length: 100 }, () => new Uint8Array(65_536).fill(120)))
}

// Deno and Bun keep the length if the body comes in chunks; browsers hide an encoding from other origins.
test.each<[string, Record<string, string>, string]>([
  ['in chunks', { 'transfer-encoding': 'chunked' }, 'default'],
  ['compressed', { 'content-encoding': 'br' }, 'default'],
  ['compressed, in a browser', {}, 'cors'],
])('the length does not describe a body that comes %s', async (_what, headers, type) => {
  const response = new Response(flood(), { headers: { 'content-length': '5', ...headers } })
  Object.defineProperty(response, 'type', { value: type })
  const request = { method: 'POST', url: 'https://example.com', headers: {}, body: '', maxBodyBytes: 100_000 } as const
  const answer = await fetchTransport(async () => response).send({ ...request, signal: AbortSignal.timeout(1_000) })
  expect(answer).toMatchObject({ status: 200, truncated: true })
  expect(answer.body).toHaveLength(100_000)
})

test('text is correct if chunks split a character', async () => {
  const bytes = new TextEncoder().encode('\ufeff金丝雀')
  const response = new Response(ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte))))
  const request = { method: 'POST', url: 'https://example.com', headers: {}, body: '', maxBodyBytes: 100 } as const
  const answer = await fetchTransport(async () => response).send({ ...request, signal: AbortSignal.timeout(1_000) })
  expect(answer).toMatchObject({ body: '金丝雀', truncated: false })
})

const MEMORY = join(import.meta.dirname, 'testing/answer-memory.ts')

test('a response takes at most twice the limit of memory, in pieces of any size, with a length and without', () => {
  const output = execFileSync(process.execPath, ['--expose-gc', MEMORY], { encoding: 'utf8' })
  const measured = JSON.parse(output) as [what: string, perAnswer: number][]
  expect(measured.length).toBeGreaterThan(3)
  for (const [what, perAnswer] of measured) {
    expect(perAnswer, what).toBeGreaterThan(65_536 / 2)
    expect(perAnswer, what).toBeLessThan(65_536 * 2)
  }
})

test('an unusual Content-Length does not let a body bypass the limit', async () => {
  for (const length of ['', '-1', '1e3', '0x10', '5, 5', '1025', '99999']) {
    const response = new Response(flood(), { headers: { 'content-length': length } })
    const request = { method: 'POST', url: 'https://example.com', headers: {}, body: '', maxBodyBytes: 100 } as const
    const answer = await fetchTransport(async () => response).send({ ...request, signal: AbortSignal.timeout(1_000) })
    expect(answer).toMatchObject({ truncated: true, body: 'x'.repeat(100) })
  }
})

/** A response without a web stream, whose `body` is what the library has instead. */
function withoutStream(text: string, body: unknown, status = 200): Response {
  return { ok: status < 300, status, headers: new Headers(), body, text: async () => text } as unknown as Response
}

test.each<[boolean, string, string, object]>([
  [true, 'names another address', 'https://example.com/a', { url: 'https://example.com/login' }],
  [
    true,
    'names another address after a refusal',
    'https://example.com/a',
    { url: 'https://other.example/a', status: 404 },
  ],
  [false, 'names the same address', 'https://example.com/a', { url: 'https://example.com/a' }],
  [false, 'names the same address in another form', 'https://example.com', { url: 'https://EXAMPLE.com:443/' }],
  [false, 'names no address', 'https://example.com/a', { url: '' }],
  [false, 'names no whole address', 'https://example.com/a', { url: '/login' }],
  [
    false,
    'denies a redirect, as after a service worker',
    'https://example.com/a',
    { url: 'https://x/', redirected: false },
  ],
  [true, 'admits a redirect', 'https://example.com/a', { url: 'https://example.com/a', redirected: true }],
])('a redirect that fetch has followed is noticed: %j if the response %s', async (redirected, _what, url, parts) => {
  const response = { ...withoutStream('{"secret":1}', undefined), ...parts }
  const request = { method: 'POST', url, headers: {}, body: '', maxBodyBytes: 100 } as const
  const transport = fetchTransport(async () => response)
  const answer = await transport.send({ ...request, signal: AbortSignal.timeout(1_000) })
  expect(answer).toMatchObject({ redirected, body: redirected ? '' : '{"secret":1}' })
})

test.each([
  ['React Native, which has no body', () => undefined],
  ['libraries whose body is null', () => null],
  ['node-fetch, whose body is a stream of Node.js', () => Readable.from(['x'])],
])('a response is read up to the limit over %s', async (_what, body) => {
  const send = async (text: string, status?: number): Promise<TransportResponse> => {
    const transport = fetchTransport(async () => withoutStream(text, body(), status))
    const request = { method: 'POST', url: 'https://example.com', headers: {}, body: '', maxBodyBytes: 10 } as const
    return await transport.send({ ...request, signal: AbortSignal.timeout(1_000) })
  }
  expect(await send('')).toMatchObject({ body: '', truncated: false })
  expect(await send('{"e":"ü"}')).toMatchObject({ body: '{"e":"ü"}', truncated: false })
  expect(await send('{"e":"üü"}')).toMatchObject({ body: '{"e":"üü', truncated: true })
  expect(await send('{"e":1}', 400)).toMatchObject({ status: 400, body: '{"e":1}' })
  expect(await send('moved', 302)).toMatchObject({ status: 302, body: '' })
})
