import type { PgBoss } from 'pg-boss'
import type { FailureCode } from './events.ts'
import { NOTES } from './queues.ts'

/** A pause that every worker keeps. */
export interface SharedPause {
  /** In milliseconds since the epoch. */
  readonly until: number
  readonly code: FailureCode
}

/** What a worker says about itself every few seconds. */
export interface WorkerNote {
  /** In milliseconds since the epoch. */
  readonly at: number
  readonly ratePerSecond: number
}

const PAUSE = 'pause'
const WORKER = 'worker:'
/** A worker that said nothing for so long is gone. */
const SILENT_MS = 15_000

/**
 * What the workers of one outbox tell each other, in whatever process they are: jobs of pg-boss that nobody fetches and
 * that are overwritten in place.
 */
export class Notes {
  readonly #boss: PgBoss

  constructor(boss: PgBoss) {
    this.#boss = boss
  }

  /** Tells every worker to pause. */
  async pause(pause: SharedPause): Promise<void> {
    await this.#boss.upsert(NOTES, pause, { singletonKey: PAUSE })
  }

  /** The pause that was told last; it may be over. */
  async readPause(): Promise<SharedPause | undefined> {
    const [note] = await this.#boss.findJobs<SharedPause>(NOTES, { key: PAUSE, queued: true, limit: 1 })
    return note?.data
  }

  /** Says how a worker is doing. */
  async report(worker: string, note: WorkerNote): Promise<void> {
    await this.#boss.upsert(NOTES, note, { singletonKey: `${WORKER}${worker}` })
  }

  /** Takes back what a worker said, and what others said that are gone. */
  async leave(worker?: string): Promise<void> {
    const notes = await this.#workers()
    const gone = notes.filter(({ singletonKey, data }) => singletonKey === `${WORKER}${worker}` || isSilent(data))
    if (gone.length > 0)
      await this.#boss.deleteJob(
        NOTES,
        gone.map(({ id }) => id),
      )
  }

  /** How the workers are doing that are there. */
  async readWorkers(): Promise<readonly WorkerNote[]> {
    return (await this.#workers()).map(({ data }) => data).filter((note) => !isSilent(note))
  }

  async #workers(): Promise<{ id: string; singletonKey: string | null; data: WorkerNote }[]> {
    const notes = await this.#boss.findJobs<WorkerNote>(NOTES, { queued: true, limit: 10_000 })
    return notes.filter(({ singletonKey }) => singletonKey?.startsWith(WORKER))
  }
}

function isSilent({ at }: WorkerNote): boolean {
  return Math.abs(Date.now() - at) > SILENT_MS
}
