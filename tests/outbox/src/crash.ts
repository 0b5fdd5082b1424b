import { setTimeout as sleep } from 'node:timers/promises'
import type { OutboxStore } from '@backend-logout/outbox'
import { newKey, type Provider, startOutbox } from './scene.ts'

/** The result of a run. */
export interface CrashResult {
  readonly rounds: number
  /** The number of logouts that were acknowledged before the process was killed. */
  readonly acknowledged: number
  /** Acknowledged, and still active at the end. */
  readonly lost: number
  /** The number that a process completed before it was killed, except the last process. */
  readonly doneBefore: number
  /** The number of revocations that were requested more than once. */
  readonly duplicates: number
  /** The time that the last process took to finish everything, in seconds. */
  readonly recoverySeconds: number
}

const KEYS = [newKey('crash')]
/** The number offered in each round, more than are let through. */
const OFFERED = 300

/**
 * Adds and works in a process that is killed at random moments on the same store; then lets one finish, and queries the
 * provider about every acknowledged logout.
 *
 * @param random Determines the moments.
 */
export async function crashRounds(
  provider: Provider,
  store: OutboxStore,
  rounds: number,
  random: () => number,
): Promise<CrashResult> {
  const acknowledged: number[] = []
  const tokens = await provider.call('issue', rounds * OFFERED)
  // The provider may serve several runs; it counts tokens from its first one on.
  const first = await provider.call('indexOf', tokens[0] as string)
  const before = await provider.call('revocations')
  for (let round = 0; round < rounds; round++) {
    // The number let through before the kill, so that it is random however fast the machine is.
    let left = Math.floor(random() * OFFERED * 0.7)
    const enough = Promise.withResolvers<void>()
    const outbox = await startOutbox(provider, store, { keys: KEYS, work: { concurrency: 8 } }, (told) => {
      if (!('acknowledged' in told)) return
      acknowledged.push(told.acknowledged)
      if (left-- === 0) enough.resolve()
    })
    const when = (['adding', 'working', 'adding', 'opening'] as const)[round % 4]
    if (when === 'opening') {
      await sleep(random() * 2500)
    } else {
      await outbox.ready
      const offered = tokens.slice(round * OFFERED, (round + 1) * OFFERED)
      const list = offered.map((accessToken, index) => ({ index: first + round * OFFERED + index, accessToken }))
      const adding = outbox.call('add', list, 16).catch(() => {})
      await (when === 'adding' ? enough.promise : adding)
      await sleep(random() * (when === 'adding' ? 40 : 800))
    }
    outbox.kill('SIGKILL')
    await outbox.ended
  }
  const active = await provider.call('active', acknowledged)
  const startedAt = performance.now()
  const last = await startOutbox(provider, store, { keys: KEYS })
  await last.ready
  await last.call('drain')
  const recoverySeconds = (performance.now() - startedAt) / 1000
  const lost = await provider.call('active', acknowledged)
  const requests = (await provider.call('revocations')) - before
  const revoked =
    tokens.length -
    (
      await provider.call(
        'active',
        tokens.map((_, index) => first + index),
      )
    ).length
  await last.call('close')
  await last[Symbol.asyncDispose]()
  return {
    rounds,
    acknowledged: acknowledged.length,
    lost: lost.length,
    doneBefore: acknowledged.length - active.length,
    duplicates: requests - revoked,
    recoverySeconds: Math.round(recoverySeconds * 10) / 10,
  }
}
