import type { LogoutClient, Revocation, RevokeManyOptions } from '@backend-logout/node'
import type { TokenRow } from '../input/row.ts'
import { Channel } from './channel.ts'
import { ClientFeed } from './client-feed.ts'

/** The outcome of the token of one row. */
export interface RowOutcome {
  readonly row: TokenRow
  readonly revocation: Revocation
}

/** The clients of a run. */
export interface RunClients {
  /** The client of every row; `undefined` if rows name their clients. */
  readonly only: LogoutClient | undefined
  /** The client of a row, which is always a known one. */
  of(row: TokenRow): LogoutClient
}

/** Number of rows that may wait for each client, so that a throttled client does not immediately hold up the others. */
const ROWS_PER_CLIENT = 512

/** The options of a run. */
export interface RowOptions extends RevokeManyOptions {
  /** True once the run is to end early: then nothing more is sent, even of the rows that are read. */
  readonly isOver: () => boolean
}

/** Revokes the tokens of rows, each with its client, and yields the outcomes as they become known. */
export async function* revokeRows(
  rows: AsyncIterator<TokenRow, undefined>,
  clients: RunClients,
  options: RowOptions,
): AsyncGenerator<RowOutcome, void, void> {
  if (clients.only) {
    yield* revokeWith(clients.only, rows, options)
    return
  }
  const outcomes = new Channel<RowOutcome>(1)
  const queues = new Map<LogoutClient, Channel<TokenRow>>()
  const runs: Promise<void>[] = []
  let failure: { readonly error: unknown } | undefined
  const queueOf = (client: LogoutClient): Channel<TokenRow> => {
    const known = queues.get(client)
    if (known) return known
    const queue = new Channel<TokenRow>(ROWS_PER_CLIENT)
    queues.set(client, queue)
    runs.push(
      (async () => {
        try {
          for await (const outcome of revokeWith(client, queue, options)) await outcomes.push(outcome)
        } catch (error) {
          // Thrown at the end, because the outcomes of the other clients still count.
          failure ??= { error }
        } finally {
          // Its run is over, for any reason, so no row waits for room in it.
          queue.end()
        }
      })(),
    )
    return queue
  }
  const distribute = async (): Promise<void> => {
    try {
      for (let next = await rows.next(); !next.done; next = await rows.next()) {
        await queueOf(clients.of(next.value)).push(next.value)
      }
    } catch (error) {
      failure ??= { error }
    }
    for (const queue of queues.values()) queue.end()
    await Promise.all(runs)
    if (failure) outcomes.fail(failure.error)
    else outcomes.end()
  }
  const distributed = distribute()
  yield* outcomes
  await distributed
}

async function* revokeWith(
  client: LogoutClient,
  rows: AsyncIterator<TokenRow, undefined>,
  { isOver, ...options }: RowOptions,
): AsyncGenerator<RowOutcome, void, void> {
  const feed = new ClientFeed(rows, isOver)
  for await (const revocation of client.revokeTokens(feed, options)) {
    yield { row: feed.settle(revocation.index), revocation }
  }
}
