import { setTimeout as sleep } from 'node:timers/promises'
import { createLogoutClient, type LogoutClient, type Revocation } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { OutboxEvent } from './events.ts'
import { openOutbox } from './open-outbox.ts'
import type { Outbox } from './outbox.ts'

let emulator: Emulator
let client: LogoutClient
let outbox: Outbox
const events: OutboxEvent[] = []

beforeAll(async () => {
  emulator = await startEmulator({ accessTokenFormat: 'opaque' })
  const { appId, appSecret } = emulator.app
  client = createLogoutClient({ appId, appSecret, appHost: emulator.appHost, retries: 0 })
  outbox = await openOutbox({ client, store: { memory: true }, onEvent: (event) => events.push(event) })
})
afterEach(() => {
  emulator.reset()
  events.length = 0
})
afterAll(async () => {
  await outbox.close()
  await emulator.close()
})

async function revokeAll(tokens: readonly string[], pacer = outbox.pacer()): Promise<Revocation[]> {
  const found: Revocation[] = []
  for await (const revocation of client.revokeTokens(tokens, { pacer })) found.push(revocation)
  return found
}
/** Waits until the outbox pauses. */
async function pausedUntil(): Promise<Date> {
  for (;;) {
    const { pausedUntil } = await outbox.stats()
    if (pausedUntil) return pausedUntil
    // The database in memory blocks the process.
    await sleep(5)
  }
}
const states = (found: readonly Revocation[]): string[] => [...new Set(found.map(({ state }) => state))]

test('a bulk run takes its turns from the outbox, next to a worker', async () => {
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  const [forWorker, forRun] = [await emulator.issueTokens(100), await emulator.issueTokens(300)]
  await outbox.addMany(forWorker.map((accessToken) => ({ accessToken })))
  expect(states(await revokeAll(forRun))).toEqual(['accepted'])
  for (let left = 1; left > 0; await sleep(5)) {
    const { pending, active } = await outbox.stats()
    left = pending + active
  }
  stop.abort()
  expect(await work).toMatchObject({ revoked: 100 })
})

test('several concurrent runs share the turns', async () => {
  const lists = await Promise.all(Array.from({ length: 4 }, () => emulator.issueTokens(50)))
  const found = await Promise.all(lists.map((tokens) => revokeAll(tokens)))
  expect(found.map(states)).toEqual(Array(4).fill(['accepted']))
})

test('wrong credentials of a run do not pause the workers', async () => {
  const tokens = await emulator.issueTokens(10)
  const wrong = createLogoutClient({ appId: emulator.app.appId, appSecret: 'wrong', appHost: emulator.appHost })
  const found: Revocation[] = []
  for await (const revocation of wrong.revokeTokens(tokens, { pacer: outbox.pacer() })) found.push(revocation)
  expect(found.map(({ error }) => error?.code)).toEqual(tokens.map(() => 'client_auth_failed'))
  expect((await outbox.stats()).pausedUntil).toBeUndefined()
})

test('a refusal of a run pauses the outbox, and one of a worker pauses the run', async () => {
  const [first = '', second = '', third = ''] = await emulator.issueTokens(3)
  emulator.answerNext({ status: 429, headers: { 'retry-after': '2' } })
  const running = revokeAll([first])
  const firstPause = await pausedUntil()
  expect(await emulator.isActive(first)).toBe(true)
  expect(states(await running)).toEqual(['accepted'])
  expect(Date.now()).toBeGreaterThan(firstPause.getTime() - 100)

  emulator.answerNext({ status: 429, headers: { 'retry-after': '3' } })
  const stop = new AbortController()
  const work = outbox.work({ signal: stop.signal })
  await outbox.add({ accessToken: second })
  const nextPause = await pausedUntil()
  // A turn that was reserved before the pause stays valid for up to half a second.
  await sleep(600)
  await revokeAll([third])
  expect(Date.now()).toBeGreaterThan(nextPause.getTime() - 100)
  stop.abort()
  await work
  expect(events.map(({ type }) => type)).toContain('paused')
})

test('a run that is aborted or left returns immediately, and the next one continues', async () => {
  emulator.answerNext({ status: 429, headers: { 'retry-after': '3' } })
  const [first = '', second = ''] = await emulator.issueTokens(2)
  const stop = new AbortController()
  const running = (async () => {
    for await (const _ of client.revokeTokens([first], { pacer: outbox.pacer(), signal: stop.signal }));
  })()
  await pausedUntil()
  stop.abort()
  await expect(running).rejects.toMatchObject({ code: 'aborted' })
  await expect(outbox.pacer().turn(AbortSignal.abort())).rejects.toThrow()
  expect(states(await revokeAll([first, second]))).toEqual(['accepted'])
})

test('a closed outbox ends the runs that wait', async () => {
  const pacer = outbox.pacer()
  expect(outbox.pacer()).toBe(pacer)
  emulator.answerNext({ status: 429, headers: { 'retry-after': '20' } })
  const running = revokeAll(await emulator.issueTokens(1), pacer)
  const ended = expect(running).rejects.toMatchObject({ name: 'OutboxError', code: 'closed' })
  await pausedUntil()
  await outbox.close()
  await ended
  await expect(pacer.turn(new AbortController().signal)).rejects.toMatchObject({ code: 'closed' })
  expect(() => outbox.pacer()).toThrow(/closed/)
})
