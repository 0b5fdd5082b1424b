import type { OutboxStore } from '@backend-logout/outbox'
import { newKey, type OutboxProcess, type Provider, startOutbox } from './scene.ts'

/** The result of a run. */
export interface WorkersResult {
  readonly workers: number
  readonly tokens: number
  readonly delayMs: number
  /** Still active at the end. */
  readonly alive: number
  /** The number of revocations that were requested more than once. */
  readonly duplicates: number
  readonly perSecond: number
  /** The number that each of them completed. */
  readonly shares: readonly number[]
}

/** Lets this number of processes drain one Postgres, from a provider with this delay for each response. */
export async function drainWith(
  workers: number,
  count: number,
  provider: Provider,
  store: OutboxStore,
  delayMs = 0,
): Promise<WorkersResult> {
  if (delayMs > 0) await provider.call('answerAlways', { delayMs })
  const keys = [newKey('workers')]
  const tokens = await provider.call('issue', count)
  const asked = await provider.call('revocations')
  const processes: OutboxProcess[] = await Promise.all(
    Array.from({ length: workers }, () => startOutbox(provider, store, { keys })),
  )
  try {
    await Promise.all(processes.map(({ ready }) => ready))
    await processes[0]?.call('addMany', tokens)
    const startedAt = performance.now()
    const summaries = await Promise.all(processes.map((process) => process.call('drain', { concurrency: 16 })))
    const seconds = (performance.now() - startedAt) / 1000
    return {
      workers,
      tokens: count,
      delayMs,
      alive: await provider.call('countActiveOf', tokens),
      duplicates: (await provider.call('revocations')) - asked - count,
      perSecond: Math.round(count / seconds),
      shares: summaries.map(({ revoked }) => revoked),
    }
  } finally {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()))
  }
}
