import { describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import type { Given } from './testing/attempt-run.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'

describe('a call over real sockets', () => {
  const waits = async (answers: Answer, limits: Given) => {
    await using server = await listen(answers)
    const clock = manualClock(0.5)
    const delays: number[] = []
    const client = createClient(
      {
        appId: 'app',
        endpoints: { revocation: server.origin },
        ...limits,
        onEvent: (event) => {
          if (event.type !== 'retry') return
          delays.push(event.delayMs)
          queueMicrotask(() => clock.advance(event.delayMs))
        },
      },
      clock,
    )
    const { tokens } = await client.logout({ accessToken: 'a token' })
    return { token: tokens[0], delays, received: server.requests.length, pending: clock.pending }
  }

  test('retries up to its limit, and leaves no timer behind', async () => {
    expect(await waits(always(503), { retries: 4 })).toMatchObject({
      token: { state: 'live', attempts: 5, status: 503 },
      delays: [125, 250, 500, 1_000],
      received: 5,
      pending: 0,
    })
  })

  test('honors Retry-After as a date', async () => {
    // By the clock of the provider, which the answer states; the client's may be wrong.
    const headers = {
      date: new Date(Date.UTC(2030, 0, 1, 0, 0, 1)).toUTCString(),
      'retry-after': new Date(Date.UTC(2030, 0, 1, 0, 0, 4)).toUTCString(),
    }
    const { token, delays } = await waits(inTurn(always(429, '', headers), always(200)), {})
    expect(token).toMatchObject({ state: 'accepted', attempts: 2 })
    expect(delays).toEqual([3_125])
  })

  test('retries if the connection breaks before or during the response', async () => {
    const broken: Answer = (_request, _response, message) => message.socket.resetAndDestroy()
    const cut: Answer = (_request, response, message) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('abc', () => message.socket.destroy())
    }
    const { token, received } = await waits(inTurn(broken, cut, always(200)), {})
    expect(token).toMatchObject({ state: 'accepted', attempts: 3 })
    expect(received).toBe(3)
    expect((await waits(broken, { retries: 1 })).token).toMatchObject({ state: 'unknown', error: { code: 'network' } })
  })
})

test('reports the last failure of all attempts', async () => {
  await using server = await listen(inTurn(always(503), always(400, { error: 'invalid_request' })))
  const client = createClient({ appId: 'app', endpoints: { revocation: server.origin } }, undefined)
  const error = await logoutErrorOf(() => client.revokeToken('a token'))
  expect(error).toMatchObject({ code: 'rejected', attempts: 2, cause: { code: 'provider_unavailable' } })
})
