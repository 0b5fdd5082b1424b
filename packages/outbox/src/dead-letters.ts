import type { PgBoss } from 'pg-boss'
import { readEntry } from './entry.ts'
import type { IsPast } from './expiry.ts'
import type { DeadLetter, DeadLetterOptions } from './outbox.ts'
import { DEAD, QUEUE } from './queues.ts'
import type { DeadData } from './settler.ts'

/** Lists dead letters, oldest first. */
export async function listDeadLetters(boss: PgBoss, { limit, after }: DeadLetterOptions): Promise<DeadLetter[]> {
  const jobs = await boss.findJobs<DeadData>(DEAD, {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
  })
  return jobs.map(({ id, data, createdOn }) => {
    const about = readEntry(data)
    return {
      id,
      tokens: (about?.tokens ?? []).map((token) => ({ ...token, expiresAt: new Date(token.expiresAt) })),
      reason: data.reason,
      attempts: data.attempts,
      ...(about && { addedAt: new Date(about.addedAt) }),
      deadAt: new Date(createdOn),
    }
  })
}

/** Puts dead letters back into the queue, all that there are now or some, and tells how many. */
export async function retryDeadLetters(boss: PgBoss, ids: readonly string[] | undefined): Promise<number> {
  const chosen = ids?.filter(isId)
  // Those that die once more in the meantime are for the next time.
  const total = chosen?.length ?? (await countDeadLetters(boss))
  let moved = 0
  for (let some = -1; moved < total && some !== 0; moved += some) {
    const limit = Math.min(1000, total - moved)
    some = await boss.redrive(DEAD, { destination: QUEUE, limit, ...(chosen && { ids: chosen }) })
  }
  return moved
}

async function countDeadLetters(boss: PgBoss): Promise<number> {
  let count = 0
  for await (const letters of pages(boss)) count += letters.length
  return count
}

/** Throws away dead letters whose tokens are all dead by themselves. */
export async function dropExpiredLetters(boss: PgBoss, isPast: IsPast): Promise<void> {
  const now = new Date()
  const gone: string[] = []
  for await (const letters of pages(boss)) {
    for (const { id, tokens } of letters) {
      if (tokens.length > 0 && tokens.every(({ expiresAt }) => isPast(expiresAt.getTime(), now))) gone.push(id)
    }
  }
  // Only now, because the next page is found by the last letter of the previous one.
  while (gone.length > 0) await boss.deleteJob(DEAD, gone.splice(0, 1000))
}

async function* pages(boss: PgBoss): AsyncGenerator<DeadLetter[]> {
  for (let after: string | undefined; ; ) {
    const letters = await listDeadLetters(boss, { after })
    after = letters.at(-1)?.id
    yield letters
    if (letters.length < 1000 || after === undefined) return
  }
}

/** Whether this may be the id of a logout. */
export function isId(id: unknown): boolean {
  return typeof id === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)
}
