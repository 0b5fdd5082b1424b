import { describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import type { LogoutEvent } from './events.ts'
import type { Revocation } from './revocation.ts'
import { all, clientOf } from './testing/bulk-client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'
import { type Answer, always, inTurn, type LoopbackServer, listen } from './testing/loopback-server.ts'
import { manualClock } from './testing/manual-clock.ts'

/** A client on a clock that stands still, and a function that waits until its run pauses. */
function pausingClient({ origin }: LoopbackServer, deadlineMs: number) {
  const clock = manualClock()
  const events: LogoutEvent[] = []
  const onEvent = (event: LogoutEvent) => events.push(event)
  const client = createClient(
    { appId: 'app', endpoints: { revocation: origin }, deadlineMs, retries: 0, onEvent },
    clock,
  )
  /** Waits until this number of requests was answered, and only the timer of a pause is left. */
  const pausedAfter = async (requests: number): Promise<void> => {
    const answered = () => events.filter(({ type }) => type === 'attempt').length
    while (answered() < requests || clock.pending !== 1) await new Promise((done) => setTimeout(done, 1))
  }
  return { client, clock, events, pausedAfter }
}

describe('revokeTokens()', () => {
  test('reports tokens that wait for the provider as live when the signal aborts', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '3600' }))
    const { client, clock, pausedAfter } = pausingClient(server, 86_400_000)
    const controller = new AbortController()
    const run = client.revokeTokens(['a', 'b'], { signal: controller.signal, concurrency: 2 })
    const found: Revocation[] = []
    const ended = logoutErrorOf(async () => {
      for await (const revocation of run) found.push(revocation)
    })
    // Both were refused, and the run waits for an hour to pass.
    await pausedAfter(2)
    controller.abort()
    expect((await ended).code).toBe('aborted')
    expect(found.map(({ state, attempts, error }) => [state, attempts, error?.code])).toEqual([
      ['live', 1, 'aborted'],
      ['live', 1, 'aborted'],
    ])
    expect(clock.pending).toBe(0)
  })

  test('gives up a token whose deadline would pass during a pause, and sends the others after the pause', async () => {
    await using server = await listen(inTurn(always(429, '', { 'retry-after': '60' }), always(200)))
    const { client, clock, events, pausedAfter } = pausingClient(server, 5_000)
    const run = client.revokeTokens(['a', 'b', 'c'], { concurrency: 1 })
    // The first report comes without any time passing.
    const { value: first } = await run.next()
    expect(first).toMatchObject({ index: 0, state: 'live', attempts: 1, durationMs: 0 })
    expect(first?.error).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 })
    expect(events.at(-1)).toMatchObject({ type: 'outcome', state: 'live', code: 'rate_limited' })
    const rest = all(run)
    await pausedAfter(1)
    clock.advance(59_999)
    expect(server.requests).toHaveLength(1)
    clock.advance(1)
    expect(await rest).toMatchObject([
      { index: 1, state: 'accepted' },
      { index: 2, state: 'accepted' },
    ])
    expect(clock.pending).toBe(0)
  })

  test('retries a token until its deadline', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '2' }))
    const { client, clock, pausedAfter } = pausingClient(server, 5_000)
    const found = all(client.revokeTokens(['a']))
    await pausedAfter(1)
    clock.advance(2_000)
    await pausedAfter(2)
    clock.advance(2_000)
    expect(await found).toMatchObject([
      { state: 'live', attempts: 3, durationMs: 4_000, error: { code: 'rate_limited' } },
    ])
  })

  test('reports a token as unknown if it may have arrived before the provider throttled', async () => {
    const drop: Answer = (_request, response) => response.destroy()
    await using server = await listen(inTurn(drop, always(429, '', { 'retry-after': '0' }), always(400)))
    const client = createClient({ appId: 'app', endpoints: { revocation: server.origin } })
    const found = await all(client.revokeTokens(['a']))
    expect(found).toMatchObject([{ state: 'unknown', attempts: 3, error: { code: 'rejected' } }])
  })

  test('gives up a token that is refused repeatedly, and reports that', async () => {
    await using server = await listen(always(429, '', { 'retry-after': '0' }))
    const found = await all(clientOf(server).revokeTokens(['a']))
    expect(found).toMatchObject([{ state: 'live', attempts: 21, error: { code: 'rate_limited' } }])
  })

  test('slows down when the provider is down, and reports each token', async () => {
    await using server = await listen(always(500))
    const found = await all(clientOf(server).revokeTokens(Array.from({ length: 20 }, (_, index) => `token ${index}`)))
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['live']))
    expect(found).toHaveLength(20)
  })
})
