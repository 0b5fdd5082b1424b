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
