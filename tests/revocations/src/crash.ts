import { setTimeout as sleep } from 'node:timers/promises'
import type { RevocationStore } from '@backend-logout/revocations/server'
import { type Remote, startRemote } from '@backend-logout/tests-outbox/remote'
import type { functions as Feed } from './programs/feed.ts'
import type { functions as Reader } from './programs/reader.ts'
import type { functions as Writer } from './programs/writer.ts'
import { until } from './scene.ts'

/** The result of a run. */
export interface CrashResult {
  readonly rounds: number
  /** The number of acknowledged entries. */
  readonly acknowledged: number
  /** Acknowledged, and not refused by a reader at the end. */
  readonly lost: number
  /** The number of checks of a reader that was cut off and whose list was too old. */
  readonly asked: number
  /** The number of those checks that still returned `valid`. */
  readonly wronglyValid: number
}

const MAX_STALENESS_MS = 1_000
const READERS = 2

const program = (name: string): URL => new URL(`programs/${name}.ts`, import.meta.url)

/**
 * Kills writers, feeds and readers with SIGKILL at random moments, repeatedly on the same store. Between the kills,
 * readers are cut off for longer than their limit, and must report it. At the end, every reader must refuse every token
 * whose entry was acknowledged.
 *
 * @param isShared True if several processes can open the store; if not, the feed is also the writer.
 * @param random Determines the moments and the processes to kill.
 */
export async function crashRounds(
  store: RevocationStore,
  isShared: boolean,
  rounds: number,
  random: () => number,
): Promise<CrashResult> {
  const acknowledged: number[] = []
  const told = ({ acknowledged: name }: { acknowledged: number }): void => void acknowledged.push(name)
  let first = 0
  const nextNames = (): number => {
    first += 100_000
    return first
  }
  let port = 0
  let url = ''
  let asked = 0
  let wronglyValid = 0
  let feedDeaths = 0

  let feed: Remote<typeof Feed> | undefined
  const startFeed = async (): Promise<Remote<typeof Feed>> => {
    const started = startRemote<typeof Feed>(program('feed'), [JSON.stringify(store), String(port)], told)
    await started.ready
    url = await started.call('url')
    port = Number(new URL(url).port)
    if (!isShared) started.call('append', nextNames(), 8).catch(() => {})
    return started
  }
  const startWriter = async (): Promise<Remote<typeof Writer>> => {
    const started = startRemote<typeof Writer>(program('writer'), [JSON.stringify(store)], told)
    await started.ready
    started.call('append', nextNames(), 8).catch(() => {})
    return started
  }
  const startReader = async (): Promise<Remote<typeof Reader>> => {
    const started = startRemote<typeof Reader>(program('reader'), [url, String(MAX_STALENESS_MS)])
    await started.ready
    return started
  }

  feed = await startFeed()
  let writer = isShared ? await startWriter() : undefined
  const readers = await Promise.all(Array.from({ length: READERS }, startReader))
  for (let round = 0; round < rounds; round++) {
    const before = acknowledged.length
    // At a random moment, but not before anything has happened.
    await until(() => acknowledged.length > before + random() * 300, 'entries are acknowledged')
    const victim = (['feed', 'writer', 'reader'] as const)[round % 3]
    if (victim === 'feed' || (victim === 'writer' && !writer)) {
      feed.kill('SIGKILL')
      await feed.ended
      const deadAt = performance.now()
      // Cut off for longer than their limit, every second time, from the first on.
      if (++feedDeaths % 2 === 0) await sleep(random() * 300)
      else {
        await sleep(MAX_STALENESS_MS + 50)
        for (const reader of readers) {
          asked++
          if ((await reader.call('verdict')) === 'valid' && performance.now() - deadAt > MAX_STALENESS_MS)
            wronglyValid++
        }
      }
      feed = await startFeed()
    } else if (victim === 'writer' && writer) {
      writer.kill('SIGKILL')
      await writer.ended
      writer = await startWriter()
    } else {
      const index = Math.floor(random() * READERS)
      const reader = readers[index]
      reader?.kill('SIGKILL')
      await reader?.ended
      readers[index] = await startReader()
    }
  }
  writer?.kill('SIGKILL')
  await writer?.ended
  // The acknowledgments of a feed with a single process are counted until it is killed, and read after its restart.
  if (!isShared) {
    feed.kill('SIGKILL')
    await feed.ended
    feed = await startFeed()
  }
  const names = acknowledged.slice()
  const left = new Set(readers)
  await until(
    async () => {
      for (const reader of left) {
        if ((await reader.call('notRefused', names)).length === 0 && (await reader.call('verdict')) === 'valid') {
          left.delete(reader)
        }
      }
      return left.size === 0
    },
    'every reader refuses what was acknowledged',
    30_000,
  ).catch(() => {})
  let lost = 0
  for (const reader of readers) lost = Math.max(lost, (await reader.call('notRefused', names)).length)
  for (const each of [feed, ...readers]) await each[Symbol.asyncDispose]()
  return { rounds, acknowledged: names.length, lost, asked, wronglyValid }
}
