import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { HttpProblem } from './http-problem.ts'
import { readLogoutRequest } from './request-body.ts'

const stream = (
  body: BodyInit | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Request =>
  new Request('https://app.example.com/logout', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

async function refusal(request: Request, timeoutMs = 1_000): Promise<string | undefined> {
  try {
    await readLogoutRequest(request, timeoutMs)
    return undefined
  } catch (error) {
    if (HttpProblem.is(error)) return error.problem.code
    throw error
  }
}

test.each([
  ['{}', {}],
  ['', {}],
  [' { "return_to" : "/" } ', { return_to: '/' }],
  ['{"token":"a","token_type_hint":"refresh_token"}', { token: 'a', token_type_hint: 'refresh_token' }],
  ['{"token":"a","token":"b"}', { token: 'b' }],
])('the body %j is read', async (body, request) => {
  expect(await readLogoutRequest(stream(body))).toEqual(request)
})

test.each([
  ['{', 'malformed_body'],
  ['[]', 'malformed_body'],
  ['null', 'malformed_body'],
  ['"x"', 'malformed_body'],
  ['{"refresh_token":"a"}', 'malformed_body'],
  ['{"__proto__":{"token":"a"}}', 'malformed_body'],
  ['{"constructor":"a"}', 'malformed_body'],
  ['{"token":""}', 'malformed_body'],
  ['{"token":" \\t"}', 'malformed_body'],
  ['{"token":1}', 'malformed_body'],
  ['{"token":null}', 'malformed_body'],
  ['{"token":"\\ud800"}', 'malformed_body'],
  ['{"token_type_hint":"access_token"}', 'malformed_body'],
  ['{"token":"a","token_type_hint":"id_token"}', 'malformed_body'],
  [`{"return_to":"${'/'.padEnd(2_049, 'x')}"}`, 'malformed_body'],
  [new Uint8Array([0x7b, 0xff, 0x7d]), 'malformed_body'],
])('the body %j is refused', async (body, code) => {
  expect(await refusal(stream(body))).toBe(code)
})

test('a body without a declared length is read only up to the limit', async () => {
  let sent = 0
  const endless = new ReadableStream({
    pull(controller) {
      sent += 100
      controller.enqueue(new Uint8Array(100).fill(32))
    },
  })
  expect(await refusal(stream(endless))).toBe('body_too_large')
  expect(sent).toBeLessThan(70_000)
})

test('the chunks of a body are not retained, because each can hold a large buffer', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const buffers: WeakRef<ArrayBuffer>[] = []
  const counted = Promise.withResolvers<void>()
  const body = new ReadableStream({
    async pull(controller) {
      if (buffers.length === 200) {
        await counted.promise
        controller.close()
        return
      }
      // As Node.js reads from a socket: a large buffer, one byte of which is used.
      const buffer = new ArrayBuffer(65_536)
      buffers.push(new WeakRef(buffer))
      controller.enqueue(new Uint8Array(buffer, 0, 1).fill(32))
      // Weak references keep their targets until the current task ends.
      await new Promise((resolve) => setImmediate(resolve))
    },
  })
  const outcome = refusal(stream(body))
  await expect.poll(() => buffers.length).toBe(200)
  collectGarbage()
  expect(buffers.filter((buffer) => buffer.deref()).length).toBeLessThan(20)
  counted.resolve()
  expect(await outcome).toBe('malformed_body')
})

test('a body that declares too large a length is not read at all', async () => {
  let pulled = false
  const pull = (): void => {
    pulled = true
  }
  const body = new ReadableStream({ pull }, { highWaterMark: 0 })
  const request = stream(body, { 'content-type': 'application/json', 'content-length': '65537' })
  expect(await refusal(request)).toBe('body_too_large')
  expect(pulled).toBe(false)
})

test('a body that never ends is abandoned', async () => {
  expect(await refusal(stream(new ReadableStream({})), 20)).toBe('incomplete_body')
})

test('a body that ends early is refused', async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error('connection lost')) })
  expect(await refusal(stream(broken))).toBe('incomplete_body')
})

test('a body that other code has read is refused, not treated as empty', async () => {
  const request = stream('{"return_to":"/"}')
  await request.text()
  expect(await refusal(request)).toBe('incomplete_body')
})
