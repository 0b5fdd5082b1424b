import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxEvent } from '@backend-logout/outbox'
import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { query } from './postgres-server.ts'
import { setStage } from './stage.ts'
import { untilSettled } from './until-settled.ts'

const stage = setStage()
const { open } = stage

const eventually = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await sleep(20)
}

test('a provider that is down gets occasional requests, and the backlog is processed when it recovers', async () => {
  const events: OutboxEvent[] = []
  await using outbox = await open({ onEvent: (event) => events.push(event) })
  const tokens = await stage.provider.call('issue', 200)
  await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerAlways', { drop: true })
  const before = await stage.provider.call('revocations')
  const work = outbox.work({ concurrency: 8, untilEmpty: true })
  const pauses = (): number => events.filter(({ type }) => type === 'paused').length
  const asked = async (): Promise<number> => (await stage.provider.call('revocations')) - before
  await eventually(() => pauses() === 1)
  await eventually(async () => (await outbox.stats()).pausedUntil !== undefined)
  const first = await asked()
  await eventually(async () => (await asked()) >= first + 2)
  const { pending, active } = await outbox.stats()
  expect(pending + active).toBe(200)
  // The requests in flight when it went down, and one at a time from then on. It remains one pause.
  expect(await asked()).toBeLessThanOrEqual(16 + 4)
  expect(pauses()).toBe(1)

  await stage.provider.call('reset')
  expect(await work).toMatchObject({ revoked: 200, dead: 0, expired: 0 })
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
  expect(events.at(-1)).not.toMatchObject({ type: 'store_error' })
  expect(events.some(({ type }) => type === 'resumed')).toBe(true)
})

test('Retry-After pauses the whole queue, for every process, and not just one logout', async () => {
  const events: OutboxEvent[] = []
  await using first = await open({ onEvent: (event) => events.push(event) })
  const tokens = await stage.provider.call('issue', 50)
  await first.addMany(tokens.map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerNext', { status: 429, headers: { 'retry-after': '6' } })
  const stop = new AbortController()
  const work = first.work({ concurrency: 1, signal: stop.signal })
  await eventually(() => events.some(({ type }) => type === 'paused'))
  await eventually(async () => (await first.stats()).pausedUntil !== undefined)
  const asked = await stage.provider.call('revocations')
  const { pausedUntil } = await first.stats()

  await using second = await open()
  const others = second.work({ signal: stop.signal })
  await sleep(2000)
  expect(await stage.provider.call('revocations')).toBe(asked)
  expect(pausedUntil?.getTime()).toBeGreaterThan(Date.now())

  await stage.provider.call('untilInactive', tokens)
  expect(Date.now()).toBeGreaterThanOrEqual(pausedUntil?.getTime() ?? Number.POSITIVE_INFINITY)
  stop.abort()
  const [{ revoked }, summary] = await Promise.all([work, others])
  expect(revoked + summary.revoked).toBe(50)
})

test('a worker waits for a slow provider', async () => {
  await using outbox = await open()
  await outbox.addMany((await stage.provider.call('issue', 20)).map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerAlways', { delayMs: 300 })
  expect(await outbox.work({ concurrency: 20, untilEmpty: true })).toMatchObject({ revoked: 20, retried: 0 })
})

test('logouts of a client that is refused become dead letters, which succeed once it is accepted again', async () => {
  await using outbox = await open()
  const tokens = await stage.provider.call('issue', 3)
  const fingerprints = new Set<string>()
  await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerAlways', {
    status: 401,
    body: { error: 'invalid_client', error_description: 'Who are you?' },
  })
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 0, dead: 3 })
  const letters = await outbox.deadLetters()
  for (const { tokens, reason, attempts } of letters) {
    expect(reason).toEqual({ code: 'client_auth_failed', status: 401, providerError: 'invalid_client' })
    expect(attempts).toBe(3)
    expect(tokens).toHaveLength(1)
    fingerprints.add(tokens[0]?.fingerprint ?? '')
  }
  expect(fingerprints.size).toBe(3)
  expect(JSON.stringify(letters)).not.toContain('Who are you')
  expect((await outbox.stats()).dead).toBe(3)

  await stage.provider.call('reset')
  expect(await outbox.retry('all')).toBe(3)
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 3, dead: 0 })
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
})

test('a brief refusal of the client loses nothing', async () => {
  await using outbox = await open()
  const tokens = await stage.provider.call('issue', 40)
  await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerNext', { status: 401, times: 10 })
  expect(await outbox.work({ concurrency: 8, untilEmpty: true })).toMatchObject({ revoked: 40, dead: 0 })
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(0)
})

test('a token that the provider cannot revoke becomes a dead letter immediately, and each can be retried', async () => {
  await using outbox = await open()
  const tokens = await stage.provider.call('issue', 2)
  await outbox.addMany(tokens.map((accessToken) => ({ accessToken })))
  await stage.provider.call('answerNext', { status: 400, body: { error: 'unsupported_token_type' }, times: 2 })
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 0, dead: 2, retried: 0 })
  const [letter] = await outbox.deadLetters()
  expect(letter).toMatchObject({ reason: { code: 'unsupported_token_type' }, attempts: 1 })

  expect(await outbox.retry('00000000-0000-4000-8000-000000000000')).toBe(0)
  expect(await outbox.retry(letter?.id ?? '')).toBe(1)
  expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1, dead: 0 })
  expect(await outbox.deadLetters()).toHaveLength(1)
  expect(await stage.provider.call('countActiveOf', tokens)).toBe(1)
})

test('only the token that is not yet revoked is kept and retried', async () => {
  await using outbox = await open()
  const { accessToken, refreshToken } = await stage.provider.call('signIn', 'alice')
  await outbox.add({ accessToken, refreshToken })
  // The refresh token as usual; then the access token.
  await stage.provider.call('answerNext', { delayMs: 1 })
  await stage.provider.call('answerNext', { status: 503 })
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  const kept = async (): Promise<unknown[]> => {
    const rows = await query<{ data: { jwe: string } }>(
      stage.store,
      "SELECT data FROM backend_logout.job WHERE name = 'logouts'",
    )
    return rows.flatMap(({ data }) => (decodeProtectedHeader(data.jwe) as { tokens?: unknown[] }).tokens ?? [])
  }
  await eventually(async () => (await kept()).length === 1)
  expect(await kept()).toMatchObject([['access_token', expect.stringMatching(/^sha256:/), expect.any(Number)]])
  await untilSettled(outbox)
  stop.abort()
  expect(await work).toMatchObject({ revoked: 1, retried: 1 })
})

test('a token that has expired while the provider was down is done', async () => {
  const events: OutboxEvent[] = []
  await using outbox = await open({ onEvent: (event) => events.push(event) })
  const [accessToken = ''] = await stage.provider.call('issue', 1, { kind: 'refresh_token' })
  await outbox.add({ accessToken }, { expiresAt: Date.now() - 120_000 })
  await stage.provider.call('answerAlways', { status: 503 })
  expect(await outbox.work({ untilEmpty: true })).toEqual({ revoked: 0, expired: 1, dead: 0, retried: 1 })
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'expired', tokens: [expect.stringMatching(/^sha256:/)] }),
  )
})
