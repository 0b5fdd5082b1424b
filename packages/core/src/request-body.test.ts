import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type BodyLimits, readBody } from './request-body.ts'

const URL = 'https://app.example.com/logout'

/** Returns the text of a body, or the problem. */
async function read(body: string | ReadableStream | null, limits: Partial<BodyLimits> = {}): Promise<string> {
  return readRequest(new Request(URL, { method: 'POST', body, duplex: 'half' } as RequestInit), limits)
}

async function readRequest(request: Request, limits: Partial<BodyLimits> = {}): Promise<string> {
  const result = await readBody(request, { maxBytes: 20_000, timeoutMs: 1_000, ...limits })
  return 'problem' in result ? result.problem : new TextDecoder().decode(result.bytes)
}

function inChunks(...chunks: readonly unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

const filled = (size: number): Uint8Array => new Uint8Array(size).fill(97)

test.each([
  ['no body', null, ''],
  ['an empty body', '', ''],
  ['a short body', 'logout', 'logout'],
  ['a body in several chunks', inChunks(filled(3_000), filled(3_000), filled(10_000)), 'a'.repeat(16_000)],
  ['a body of the longest length', inChunks(filled(19_999), filled(1)), 'a'.repeat(20_000)],
  ['a view into a larger buffer', inChunks(filled(9).subarray(2, 4), new DataView(filled(9).buffer, 1, 3)), 'aaaaa'],
])('%s is read', async (_, body, text) => {
  expect(await read(body)).toBe(text)
})

test.each([
  ['is longer than allowed', inChunks(filled(20_000), filled(1)), 'too_large'],
  ['never ends', new ReadableStream({}), 'too_slow'],
  ['ends early', new ReadableStream({ start: (controller) => controller.error(new Error('reset')) }), 'broken_off'],
  ['consists of text', inChunks('a'), 'broken_off'],
])('a body that %s is not read', async (_, body, problem) => {
  expect(await read(body, { timeoutMs: 20 })).toBe(problem)
})

test('a body whose chunks never let timers run has the same time limit', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array()) })
  expect(await read(endless, { timeoutMs: 20 })).toBe('too_slow')
})

test('a body that declares too large a length is not read at all', async () => {
  const request = new Request(URL, { method: 'POST', body: 'short', headers: { 'content-length': '20001' } })
  expect(await readRequest(request)).toBe('too_large')
  expect(request.bodyUsed).toBe(false)
})

test('a body that other code has read is not taken for an empty one', async () => {
  const request = new Request(URL, { method: 'POST', body: 'read' })
  await request.text()
  expect(await readRequest(request)).toBe('already_read')
})

test('a request that cannot be created has no body', async () => {
  const invalid = new Proxy({} as Request, {
    get() {
      throw new TypeError('Invalid URL')
    },
  })
  expect(await readRequest(invalid)).toBe('broken_off')
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
  const outcome = read(body, { timeoutMs: 20_000 })
  await expect.poll(() => buffers.length, { timeout: 20_000 }).toBe(200)
  collectGarbage()
  expect(buffers.filter((buffer) => buffer.deref()).length).toBeLessThan(20)
  counted.resolve()
  expect(await outcome).toBe(' '.repeat(200))
})
