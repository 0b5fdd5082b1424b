import type { BulkToken, LogoutClient, Revocation } from '@backend-logout/node'
import { expect, test } from 'vitest'
import type { TokenRow } from '../input/row.ts'
import { revokeRows } from './revoke-rows.ts'

/** A client that sends one token at a time. */
function clientThat(sends: (token: BulkToken) => void): LogoutClient {
  return {
    async *revokeTokens(tokens: AsyncIterable<BulkToken>) {
      let index = 0
      for await (const token of tokens) {
        sends(token)
        yield { index: index++, state: 'accepted', revoked: true } as Revocation
      }
    },
  } as unknown as LogoutClient
}

async function* rowsOf(count: number): AsyncGenerator<TokenRow, undefined> {
  for (let line = 1; line <= count; line++) yield { line, token: `token-${line}`, client: `app-${line % 2}` }
}

test.each(['one client', 'several clients'])('with %s, nothing is sent once a run is to end', async (which) => {
  const sent: BulkToken[] = []
  const all = [clientThat((token) => sent.push(token)), clientThat((token) => sent.push(token))] as const
  const of = ({ client }: TokenRow) => (client === 'app-0' ? all[0] : all[1])
  const clients = { only: which === 'one client' ? all[0] : undefined, of }
  let settled = 0
  let sentBefore = 0
  for await (const _ of revokeRows(rowsOf(1_000), clients, { isOver: () => settled >= 20 })) {
    settled++
    if (settled === 20) sentBefore = sent.length
  }
  expect(sentBefore).toBeGreaterThanOrEqual(20)
  expect(sent).toHaveLength(sentBefore)
  expect(settled).toBe(sentBefore)
})
