import { EventEmitter, once } from 'node:events'
import { createServer, IncomingMessage } from 'node:http'
import http2 from 'node:http2'
import { type AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toNodeHandler } from './node.ts'
import { rawRequest, sendRaw } from './testing/raw-http.ts'

const seen: Request[] = []
const handle = toNodeHandler(async (request) => {
  seen.push(request)
  return new Response('reached')
})
const server = createServer(handle)
let port = 0
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

/** The request that reaches the handler, or the response if none does. */
async function ask(lines: string[], target?: string, method?: string): Promise<Request | string> {
  seen.length = 0
  const answer = await sendRaw(port, rawRequest(lines, target, method))
  return seen[0] ?? answer
}

test.each([
  'a:99999',
  'a:65536',
  '1.2.3.4.5',
  '999.1.1.1',
  '0xffffffffff',
  '[::1',
  '[::1]x',
  '[zz]',
  'a b',
  'a/b',
  'a?b',
  'a#b',
  'user@a',
  'user:password@a',
  'a\\b',
  'a:b',
  'a:80:80',
  'a%00b',
  'a,b',
  '\u00e4.test',
  '<script>',
  'a'.repeat(300),
  '%',
])('Host: %s is a malformed request', async (host) => {
  const answer = await ask([`Host: ${host}`])
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
  expect(answer).toContain('"code":"malformed_request"')
  expect(answer).not.toContain(host.slice(0, 100))
})

test.each([
  ['an origin form', '/logout?x=1', 'http://app.test/logout?x=1'],
  ['two slashes', '//evil.test/x', 'http://app.test//evil.test/x'],
  ['dots', '/../../x', 'http://app.test/x'],
  ['an absolute form, whose host counts', 'http://other.test:81/x', 'http://other.test:81/x'],
  ['the asterisk form', '*', 'http://app.test/*'],
])('the URL comes from %s', async (_case, target, url) => {
  const method = target === '*' ? 'OPTIONS' : 'POST'
  expect(await ask(['Host: app.test'], target, method)).toMatchObject({ url, method })
})

test.each(['http://a:99999/', 'http://user@a/', 'ftp://a/', 'http://', 'http://[::1/', 'data://x'])(
  'the target %s is a malformed request',
  async (target) => {
    expect(await ask(['Host: app.test'], target)).toMatch(/^HTTP\/1.1 400 /)
  },
)

test('an absolute-form target does not make up for a malformed Host', async () => {
  expect(await ask(['Host: a:99999'], 'http://app.test/')).toMatch(/^HTTP\/1.1 400 /)
})

test('two Host lines are a malformed request, even if they agree', async () => {
  expect(await ask(['Host: app.test', 'Host: evil.test'])).toContain('"malformed_request"')
  expect(await ask(['Host: app.test', 'Host: app.test'])).toContain('"malformed_request"')
})

test('HTTP/1.0 does not require Host', async () => {
  seen.length = 0
  await sendRaw(port, 'POST /logout HTTP/1.0\r\n\r\n')
  expect(seen[0]?.url).toBe('http://localhost/logout')
})

test.each(['TRACE', 'PROPFIND', 'M-SEARCH'])('the method %s is answered', async (method) => {
  const reached = await ask(['Host: app.test'], '/', method)
  if (method === 'TRACE') expect(reached).toMatch(/^HTTP\/1.1 405 /)
  else expect(reached).toMatchObject({ method })
})

test('this handler does not respond to CONNECT, and CONNECT does not disturb other requests', async () => {
  expect(await ask(['Host: app.test'], 'app.test:443', 'CONNECT')).toBe('')
  expect(await ask(['Host: app.test'])).toBeInstanceOf(Request)
})

test('no value of a repeated header is dropped, so it matches nothing', async () => {
  const request = (await ask(['Host: a', 'Origin: http://a', 'Origin: http://b', 'X-A: 1', 'X-A: 2'])) as Request
  expect(request.headers.get('origin')).toBe('http://a, http://b')
  expect(request.headers.get('x-a')).toBe('1, 2')
})

test('cookies on several lines form one list', async () => {
  const request = (await ask(['Host: a', 'Cookie: a=1', 'Cookie: b=2; c=3'])) as Request
  expect(request.headers.get('cookie')).toBe('a=1; b=2; c=3')
})

test("the request is the runtime's Request, so it can be copied", async () => {
  const request = (await ask(['Host: a', 'X-A: 1'])) as Request
  expect(new Request(request, { headers: { 'x-b': '2' } }).headers.get('x-b')).toBe('2')
  expect(request.clone().method).toBe('POST')
})

test('a request without a body has body null', async () => {
  expect(((await ask(['Host: a'])) as Request).body).toBeNull()
  expect(((await ask(['Host: a', 'Content-Length: 0'])) as Request).body).toBeNull()
})

test('HTTP/2 works, including its own way to name the host', async () => {
  const plain = http2.createServer(handle as never)
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  const session = http2.connect(`http://127.0.0.1:${(plain.address() as AddressInfo).port}`)
  try {
    seen.length = 0
    const stream = session.request({ ':method': 'POST', ':path': '/logout', ':authority': 'app.test' })
    stream.end('{}')
    let text = ''
    for await (const chunk of stream) text += chunk
    expect(text).toBe('reached')
    expect(seen[0]).toMatchObject({ method: 'POST', url: 'http://app.test/logout' })
    const malformed = session.request({ ':method': 'POST', ':path': '/', ':authority': 'a:99999' })
    const [{ ':status': status }] = await once(malformed, 'response')
    expect(status).toBe(400)
    malformed.close()
  } finally {
    session.close()
    plain.close()
  }
})

/** The request that reaches the handler from a platform that creates requests itself. */
async function adapt(parts: object, incoming: object = new IncomingMessage(new Socket())): Promise<Request> {
  seen.length = 0
  await handle(Object.assign(incoming, { method: 'POST', url: '/logout' }, parts) as never, response() as never)
  return seen[0] as Request
}

/** As little of a response as a handler needs. */
const response = () => Object.assign(new EventEmitter(), { writeHead: () => {}, end: () => {}, getHeader: () => {} })

describe('a request that a platform has created, such as serverless-http,', () => {
  test.each([
    ['without lines', {}],
    ['with no list of lines', { rawHeaders: undefined }],
  ])('has its headers %s', async (_case, parts) => {
    const headers = { host: 'app.test', 'x-list': ['1', '2'], 'content-length': 0, 'x-none': undefined }
    const request = await adapt({ headers: { ...headers, cookie: ['a=1', 'b=\u0141; c=3'] }, ...parts })
    expect(request.url).toBe('http://app.test/logout')
    expect([...request.headers]).toEqual([
      ['content-length', '0'],
      ['cookie', 'a=1; b=\u00c5\u0081; c=3'],
      ['host', 'app.test'],
      ['x-list', '1, 2'],
    ])
  })

  test('may lack a socket, and the path before a query', async () => {
    const request = await adapt({ headers: { host: 'app.test' }, url: '?x=1', socket: undefined })
    expect(request.url).toBe('http://app.test/?x=1')
  })

  test.each([
    ['a parsed body', { body: { a: 1 } }, '{"a":1}'],
    ['bytes', { rawBody: Buffer.from('raw'), body: {} }, 'raw'],
  ])('may have %s and no stream', async (_case, parts, text) => {
    const request = await adapt({ headers: { 'content-length': '7' }, ...parts }, new EventEmitter())
    expect(await request.text()).toBe(text)
  })
})
