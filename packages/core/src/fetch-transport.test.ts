import { expect, test } from 'vitest'
import { fetchTransport } from './fetch-transport.ts'
import { type Answer, listen } from './testing/loopback-server.ts'
import type { TransportResponse } from './transport.ts'

/** Announces more than it sends, and closes the connection. */
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

test.each([401, 403, 429, 503])('a refusal of %i is one also when its body breaks off', async (status) => {
  const answer = await send(breaksOff(status))
  expect(answer).toMatchObject({ status, body: '', truncated: true })
  expect(answer.headers.get('retry-after')).toBe('7')
})

test('a success whose body breaks off is none', async () => {
  await expect(send(breaksOff(200))).rejects.toThrow(TypeError)
})
