import { expect, test } from 'vitest'
import { inTransaction, type RevocationTransaction } from './transaction.ts'

test.each([undefined, null, 7, 'x', true, [], {}, { query: 7 }, { executeSql: 7 }])('%j is no transaction', (given) => {
  expect(() => inTransaction(given as never)).toThrow(
    expect.objectContaining({ name: 'RevocationError', code: 'invalid_argument' }),
  )
})

test.each(['query', 'executeSql'])('an object with %s() runs the statements, as itself', async (member) => {
  const ran: unknown[] = []
  const transaction = {
    async [member](this: unknown, ...statement: unknown[]) {
      ran.push(this === transaction, ...statement)
      return { rows: [] }
    },
  } as unknown as RevocationTransaction
  await inTransaction(transaction)('SELECT $1', [1])
  expect(ran).toEqual([true, 'SELECT $1', [1]])
})
