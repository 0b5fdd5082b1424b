import { createLogoutClient } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OutboxEvent } from './events.ts'
import { openOutbox } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'

let emulator: Emulator
let outbox: Outbox
let events: OutboxEvent[] = []

beforeAll(async () => {
  emulator = await startEmulator()
  const { appId, appSecret } = emulator.app
  const client = createLogoutClient({ appId, ...(appSecret && { appSecret }), appHost: emulator.appHost })
  outbox = await openOutbox({ client, store: { memory: true }, onEvent: (event) => events.push(event) })
})
afterAll(async () => {
  await outbox.close()
  await emulator.close()
})
beforeEach(() => {
  events = []
  emulator.reset()
})

describe('an outbox', () => {
  test('revokes the tokens of a session, the refresh token first', async () => {
    const { accessToken, refreshToken, idToken } = await emulator.signIn('alice')
    const id = await outbox.add({ accessToken, refreshToken, idToken })
    expect(await outbox.stats()).toMatchObject({ pending: 1, active: 0, dead: 0 })
    expect(await outbox.work({ untilEmpty: true })).toEqual({ revoked: 1, expired: 0, dead: 0, retried: 0 })
    expect(await emulator.isActive(refreshToken)).toBe(false)
    expect(await emulator.isActive(accessToken)).toBe(false)
    expect(await outbox.stats()).toEqual({
      pending: 0,
      active: 0,
      dead: 0,
      oldestAgeMs: 0,
    })
    expect(events).toMatchObject([
      { type: 'added', count: 1 },
      { type: 'revoked', id, attempts: 1, waitedMs: expect.any(Number) },
    ])
    expect(JSON.stringify(events)).not.toContain(refreshToken.slice(0, 16))
  })

  test('processes logouts immediately that are added while it works', async () => {
    const stop = new AbortController()
    const work = outbox.work({ signal: stop.signal })
    const { accessToken } = await emulator.signIn('bob')
    await outbox.add({ accessToken })
    while (await emulator.isActive(accessToken)) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort()
    expect(await work).toMatchObject({ revoked: 1 })
  })

  test('accepts many logouts from a source, which it reads as it stores them', async () => {
    const tokens = await emulator.issueTokens(600)
    async function* source(): AsyncGenerator<{ accessToken: string }> {
      for (const accessToken of tokens) yield { accessToken }
    }
    const ids = await outbox.addMany(source())
    expect(new Set(ids).size).toBe(600)
    expect(events.map((event) => event.type === 'added' && event.count)).toEqual([500, 100])
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 600 })
  })

  test('reports how many of many are stored if one is invalid', async () => {
    const tokens = [...Array.from({ length: 500 }, () => ({ accessToken: 'x' })), {}]
    await expect(outbox.addMany(tokens)).rejects.toMatchObject({ code: 'invalid_argument', added: 500 })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 500 })
  })

  test('allows one work() at a time', async () => {
    const stop = new AbortController()
    const work = outbox.work({ signal: stop.signal })
    await expect(outbox.work()).rejects.toMatchObject({ code: 'invalid_argument' })
    stop.abort()
    await work
    await outbox.work({ untilEmpty: true })
  })

  test('does nothing if the signal has aborted before', async () => {
    await outbox.add({ accessToken: 'x' })
    expect(await outbox.work({ signal: AbortSignal.abort() })).toMatchObject({ revoked: 0 })
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
  })

  test('gives up after its time limit on requests that do not finish after the signal, and leaves them for the next run', async () => {
    emulator.answerAlways({ hang: true })
    const { accessToken } = await emulator.signIn('carol')
    await outbox.add({ accessToken })
    const stop = new AbortController()
    const work = outbox.work({ signal: stop.signal, graceMs: 50 })
    while ((await outbox.stats()).active === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    stop.abort()
    expect(await work).toMatchObject({ revoked: 0, retried: 1 })
    expect(await outbox.stats()).toMatchObject({ pending: 1, active: 0 })
    emulator.reset()
    expect(await outbox.work({ untilEmpty: true })).toMatchObject({ revoked: 1 })
    expect(await emulator.isActive(accessToken)).toBe(false)
  })

  test('has no transactions to join in memory', async () => {
    const transaction = { query: async () => ({ rows: [] }) }
    await expect(outbox.add({ accessToken: 'x' }, { transaction })).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  test.each([{ limit: 0 }, { after: 'nonsense' }, { after: '00000000-0000-4000-8000-000000000000' }])(
    'refuses to list dead letters with %j',
    async (options) => {
      await expect(outbox.deadLetters(options)).rejects.toMatchObject({ code: 'invalid_argument' })
    },
  )

  test.each([
    ['concurrency', { concurrency: 0 }],
    ['graceMs', { graceMs: -1 }],
  ])('refuses a wrong %s', async (name, options) => {
    await expect(outbox.work(options)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(name),
    })
  })
})

test('a closed outbox finishes accepted calls and accepts no more', async () => {
  const other = await openOutbox({ store: { memory: true } })
  await expect(other.work()).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringMatching(/client/),
  })
  const adding = other.add({ accessToken: 'x' })
  await other.close()
  await adding
  await other.close()
  for (const call of [
    () => other.add({ accessToken: 'x' }),
    () => other.addMany([{ accessToken: 'x' }]),
    () => other.work(),
    () => other.stats(),
    () => other.deadLetters(),
    () => other.retry('all'),
  ]) {
    await expect(call()).rejects.toMatchObject({ name: 'OutboxError', code: 'closed' })
  }
})
