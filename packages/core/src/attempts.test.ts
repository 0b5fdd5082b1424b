import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { attemptUntilDone } from './attempts.ts'
import type { LogoutErrorCode } from './codes.ts'
import { LogoutError } from './errors.ts'
import type { LogoutEvent } from './events.ts'
import { answer, callWith, inOrder, run, type Send, URL } from './testing/attempt-run.ts'
import { manualClock } from './testing/manual-clock.ts'
import { endedBefore } from './time-limit.ts'
import type { TransportResponse } from './transport.ts'
import { judgeRevocation } from './verdict.ts'

describe('attemptUntilDone()', () => {
  test('sends one request if that succeeds', async () => {
    const { outcome, delays, clock } = await run(manualClock(), async () =>
      answer(200, { 'x-request-id': 'id-1' }, '{}'),
    )
    expect(outcome).toEqual({ ok: true, attempts: 1, status: 200, requestId: 'id-1', json: {} })
    expect(delays).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test.each<[string, () => TransportResponse, LogoutErrorCode, string]>([
    ['503', () => answer(503), 'provider_unavailable', 'live'],
    ['500', () => answer(500), 'provider_unavailable', 'live'],
    ['429', () => answer(429), 'rate_limited', 'live'],
    [
      'a broken connection',
      () => {
        throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
      },
      'network',
      'unknown',
    ],
  ])(
    'retries after %s, with exponential back-off, until it succeeds or retries are used up',
    async (_w, send, code, state) => {
      const failing = await run(manualClock(0.5), async () => send())
      expect(failing.outcome).toMatchObject({
        ok: false,
        attempts: 3,
        state,
        error: { code, attempts: 3, retryable: true },
      })
      expect(failing.delays).toEqual([125, 250])
      const recovering = await run(manualClock(0.5), async (attempt) => (attempt < 3 ? send() : answer(200)))
      expect(recovering.outcome).toMatchObject({ ok: true, attempts: 3 })
    },
  )

  test.each<[TransportResponse, LogoutErrorCode, string]>([
    [answer(400), 'rejected', 'live'],
    [answer(401), 'client_auth_failed', 'live'],
    [answer(403), 'rejected', 'live'],
    [answer(404), 'endpoint_missing', 'live'],
    [answer(302), 'redirect_refused', 'live'],
    [answer(200, {}, '<html>'), 'unexpected_response', 'live'],
    [answer(400, {}, '{"error":"unsupported_token_type"}'), 'unsupported_token_type', 'unsupported'],
  ])('does not retry after %o', async (given, code, state) => {
    const { outcome } = await run(manualClock(), async () => given)
    expect(outcome).toMatchObject({ ok: false, attempts: 1, state, error: { code, retryable: false, attempts: 1 } })
  })

  test('ends an attempt that takes too long, and retries', async () => {
    const clock = manualClock(0)
    const signals: AbortSignal[] = []
    const { outcome } = await run(
      clock,
      async (_attempt, signal) => {
        signals.push(signal)
        queueMicrotask(() => clock.advance(5_000))
        return new Promise(() => {})
      },
      { timeoutMs: 5_000 },
    )
    expect(outcome).toMatchObject({
      ok: false,
      attempts: 3,
      state: 'unknown',
      error: { code: 'timeout', retryable: true },
    })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true])
    expect(clock.pending).toBe(0)
  })

  test('ends everything at the deadline, even in the middle of an attempt', async () => {
    const clock = manualClock(0)
    const { outcome } = await run(
      clock,
      async () => {
        queueMicrotask(() => clock.advance(20_000))
        return new Promise(() => {})
      },
      { timeoutMs: 20_000, deadlineMs: 30_000, retries: 100 },
    )
    expect(outcome).toMatchObject({ attempts: 2, error: { code: 'timeout' } })
  })

  test('waits as long as Retry-After specifies, and fails immediately if that is past the deadline', async () => {
    const waiting = await run(manualClock(0), inOrder(answer(503, { 'retry-after': '7' }), answer(200)))
    expect(waiting.outcome).toMatchObject({ ok: true, attempts: 2 })
    expect(waiting.delays).toEqual([7_000])
    const failing = await run(manualClock(0), inOrder(answer(503, { 'retry-after': '31' }), answer(200)))
    expect(failing.outcome).toMatchObject({ ok: false, attempts: 1, error: { retryAfterMs: 31_000, retryable: true } })
    expect(failing.outcome.ok === false && failing.outcome.error.message).toMatch(/31 s/)
  })

  test.each<Record<string, string>>([{ 'retry-after': '31' }, { 'ratelimit-remaining': '0', 'ratelimit-reset': '31' }])(
    'states the wait that the provider requires, in whatever header it does: %j',
    async (headers) => {
      const { outcome } = await run(manualClock(0), inOrder(answer(429, headers)))
      const message = expect.stringMatching(/ The provider requires a wait of 31 s \(Retry-After or similar\)\.$/)
      expect(outcome).toMatchObject({ ok: false, error: { code: 'rate_limited', message } })
    },
  )

  test('keeps the failure before the last as its cause', async () => {
    const send = inOrder(new TypeError('reset'), answer(503), answer(400, {}, '{"error":"invalid_request"}'))
    const { outcome } = await run(manualClock(0), send)
    const cause = { code: 'provider_unavailable', attempts: 2 }
    expect(outcome).toMatchObject({ error: { code: 'rejected', attempts: 3, cause } })
    const broken = await run(manualClock(0), inOrder(answer(503), new TypeError('reset')))
    expect(broken.outcome).toMatchObject({ error: { code: 'network', cause: { name: 'TypeError', message: 'reset' } } })
  })

  test('reports a token as unknown once a request may have arrived, even if a later one was refused', async () => {
    const refused = await run(manualClock(0), inOrder(new TypeError('reset'), answer(400)))
    expect(refused.outcome).toMatchObject({ state: 'unknown', error: { code: 'rejected' } })
    const unsupported = await run(
      manualClock(0),
      inOrder(new TypeError('reset'), answer(400, {}, '{"error":"unsupported_token_type"}')),
    )
    expect(unsupported.outcome).toMatchObject({ state: 'unsupported' })
    const unsent = new TypeError('connect', { cause: { code: 'ECONNREFUSED' } })
    const later = await run(manualClock(0), inOrder(new TypeError('reset'), unsent, unsent))
    expect(later.outcome).toMatchObject({
      state: 'unknown',
      error: { message: expect.stringContaining('may or may not') },
    })
    const never = await run(manualClock(0), inOrder(answer(503), unsent, unsent))
    expect(never.outcome).toMatchObject({
      state: 'live',
      error: { message: expect.stringContaining('Nothing was sent') },
    })
    const accepted = await run(manualClock(0), inOrder(new TypeError('reset'), answer(200)))
    expect(accepted.outcome).toMatchObject({ ok: true })
  })

  test('aborts immediately before, during and between its attempts', async () => {
    const before = await run(manualClock(), async () => answer(200), { signal: AbortSignal.abort() })
    expect(before.outcome).toMatchObject({ attempts: 0, state: 'live', error: { code: 'aborted' } })

    const during = new AbortController()
    const hanging: Send = () => {
      queueMicrotask(() => during.abort())
      return new Promise(() => {})
    }
    const interrupted = await run(manualClock(), hanging, { signal: during.signal })
    expect(interrupted.outcome).toMatchObject({
      attempts: 1,
      state: 'unknown',
      error: { code: 'aborted', retryable: false },
    })

    const between = new AbortController()
    const clock = manualClock(0.5)
    const onEvent = ({ type }: LogoutEvent) => {
      if (type === 'retry') queueMicrotask(() => between.abort())
    }
    const call = callWith(clock, { signal: between.signal, onEvent })
    const send = inOrder(answer(503), answer(200))
    const waiting = await attemptUntilDone(call, { method: 'POST', url: URL, send, judge: judgeRevocation })
    const cause = { code: 'provider_unavailable' }
    expect(waiting).toMatchObject({ attempts: 1, state: 'live', error: { code: 'aborted', cause } })
    expect([before, interrupted].map((one) => one.clock.pending)).toEqual([0, 0])
    expect(clock.pending).toBe(0)
  })

  test('does not begin after the deadline', async () => {
    const clock = manualClock()
    const call = callWith(clock, { deadlineMs: 10 })
    clock.advance(10)
    const send = async () => answer(200)
    const outcome = await attemptUntilDone(call, { method: 'POST', url: URL, send, judge: judgeRevocation })
    expect(outcome).toMatchObject({ attempts: 0, state: 'live', error: { code: 'timeout', retryable: true } })
    expect(endedBefore(call, clock)?.code).toBe('timeout')
  })

  test('does not retry if its timer fires so late that the deadline has passed', async () => {
    const limits = { deadlineMs: 1_000, timeoutMs: 1_000 }
    const { outcome } = await run(manualClock(0.5), inOrder(answer(503), answer(200)), limits, 900)
    expect(outcome).toMatchObject({ ok: false, attempts: 1, state: 'live', error: { code: 'provider_unavailable' } })
  })

  test('rethrows a deliberate error without another attempt', async () => {
    const own = new LogoutError('invalid_options', 'No audience.')
    const { outcome, delays } = await run(manualClock(0), inOrder(answer(503), own))
    expect(outcome).toMatchObject({ ok: false, attempts: 1, state: 'live' })
    expect(outcome.ok === false && outcome.error).toEqual(own)
    expect(delays).toHaveLength(1)
    const copy: typeof import('./errors.ts') = await import(`./errors.ts?${'another-copy'}`)
    const foreign = await run(manualClock(0), inOrder(new copy.LogoutError('client_auth_failed', 'No key.')))
    expect(foreign.outcome).toMatchObject({ attempts: 0, error: { code: 'client_auth_failed' } })
  })

  test('names the endpoint in its message without the query or any secret', async () => {
    const secrets = ['canary-secret-1', 'canary/secret 2']
    const echo = `${secrets.join(' ')} ${encodeURIComponent(String(secrets[1]))}`
    const headers = { 'x-request-id': `id-${secrets[0]}` }
    const body = JSON.stringify({ error: echo, error_description: echo, requestId: echo })
    const outcomes = [
      await run(manualClock(0), inOrder(new TypeError(echo, { cause: new Error(echo) })), { secrets }),
      await run(manualClock(0), inOrder(answer(400, headers, body)), { secrets }),
      await run(manualClock(0), inOrder(answer(200, headers, JSON.stringify({ requestId: echo }))), { secrets }),
    ].map(({ outcome }) => (outcome.ok ? { ...outcome, json: undefined } : outcome))
    const shown = inspect(outcomes, { depth: 10, showHidden: true }) + JSON.stringify(outcomes)
    expect(shown).not.toMatch(/canary|secret/)
    expect(shown).toContain('POST https://id.example.com/revoke ')
    const call = callWith(manualClock(), { secrets })
    const send = inOrder(answer(400))
    const request = { method: 'POST', url: `${URL}?key=value`, send, judge: judgeRevocation } as const
    expect(inspect(await attemptUntilDone(call, request))).not.toContain('key=value')
  })
})
