import type pg from 'pg'
import { cancelStatement } from './cancel-statement.ts'

/** Time limit for canceling a statement, in milliseconds. */
const CANCEL_MS = 1_000
/** A statement that was canceled. */
const CANCELED = '57014'

/** The statement that each connection runs. */
const running = new WeakMap<pg.ClientBase, Promise<unknown>>()

/**
 * Runs a statement on a connection. If it takes longer than `ms` milliseconds, it is canceled, and its connection closed.
 */
export async function query(
  client: pg.ClientBase,
  text: string,
  values: unknown[] | undefined,
  ms: number,
): Promise<{ rows: unknown[] }> {
  const statement = client.query({ text, ...(values && { values }) }).finally(() => running.delete(client))
  running.set(client, statement)
  const result = await inTime(statement, ms)
  if (result) return result
  // The caller waits as long as it asked for, and a quarter more.
  const isAnswered = await cancel(client, Math.min(CANCEL_MS, ms / 4))
  const code = isAnswered ? CANCELED : 'ETIMEDOUT'
  throw Object.assign(new Error(`The database did not answer within ${ms} ms.`), { code })
}

/** Cancels the statement of a connection, if it runs one, and closes it. Resolves to true if the server answers. */
export async function cancel(client: pg.ClientBase, ms: number = CANCEL_MS): Promise<boolean> {
  const statement = running.get(client)
  if (!statement) return false
  cancelStatement(client)
  const ended = statement.catch(() => {}).then(() => (client as pg.Client).end())
  return (
    (await inTime(
      ended.then(() => true),
      ms,
    )) ?? false
  )
}

/** Resolves to undefined if a promise takes longer. */
export async function inTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
