import { revocationEntryOf } from '@backend-logout/node'
import type { RevocationLog } from '@backend-logout/revocations/server'
import { CommandError } from '../command-error.ts'
import { formatCount } from '../duration.ts'
import { ExitCode } from '../exit-code.ts'
import type { TokenRow } from '../input/row.ts'

/** Number of tokens that are appended together. */
const BATCH = 500

/** Number of tokens on the revocation list. */
export interface ListedCounts {
  listed: number
  /** Tokens that no entry can name: opaque ones, and JWTs without the claims for it. */
  unlisted: number
}

/**
 * Passes tokens on once they are on the revocation list. Tokens that can be read without waiting share one append.
 *
 * @param hint The type of tokens without one. Refresh tokens are passed on without an entry: no service accepts them.
 * @param isOver True once the run is to end. Tokens that were read ahead are then not passed on.
 * @throws CommandError when the list cannot store them
 */
export async function* listFirst(
  tokens: AsyncIterator<TokenRow, undefined>,
  log: Pick<RevocationLog, 'append'>,
  counts: ListedCounts,
  hint: string | undefined,
  isOver: () => boolean,
): AsyncGenerator<TokenRow, undefined> {
  const read = (): Promise<IteratorResult<TokenRow, undefined>> => {
    const result = tokens.next()
    // It is awaited later; until then, its failure must not count as unhandled.
    result.catch(() => {})
    return result
  }
  let next = read()
  for (let ended = false; !ended; ) {
    const batch: TokenRow[] = []
    let result: IteratorResult<TokenRow, undefined> | undefined = await next
    while (result && !result.done) {
      batch.push(result.value)
      next = read()
      result = batch.length < BATCH ? await Promise.race([next, later()]) : undefined
    }
    ended = result?.done === true
    await append(batch, log, counts, hint)
    for (const token of batch) {
      if (isOver()) return
      yield token
    }
  }
}

/** After the values that are already available. */
function later(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)))
}

async function append(
  batch: readonly TokenRow[],
  log: Pick<RevocationLog, 'append'>,
  counts: ListedCounts,
  hint: string | undefined,
): Promise<void> {
  const accessTokens = batch.filter((row) => (row.hint ?? hint) !== 'refresh_token')
  const entries = accessTokens.map(({ token }) => revocationEntryOf(token)).filter((entry) => entry !== undefined)
  try {
    if (entries.length > 0) await log.append(entries)
  } catch (error) {
    throw new CommandError(
      ExitCode.stopped,
      `${(error as Error).message} Tokens that are not on the revocation list were not sent to the provider.`,
    )
  }
  counts.listed += entries.length
  counts.unlisted += accessTokens.length - entries.length
}

/** The summary for people, in lines. */
export function describeListed({ listed, unlisted }: ListedCounts): string[] {
  const lines = [`${formatCount(listed)} on the revocation list.`]
  if (unlisted > 0) {
    lines.push(
      `${formatCount(unlisted)} cannot be on the list: they are opaque, or lack iss, exp, or both jti and sid.`,
    )
  }
  return lines
}
