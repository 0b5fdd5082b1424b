import type { BadRow, TokenRow } from '../input/row.ts'
import type { Clients } from './clients.ts'

/** The problem with a row whose client has no credentials in the file of `--clients`; `undefined` if it has some. */
export function withoutCredentials(
  { line, client, kept }: TokenRow,
  clients: Pick<Clients, 'has'>,
): BadRow | undefined {
  if (clients.has(client)) return undefined
  return { line, problem: 'The file of --clients has no credentials for the client of this row.', kept }
}
