import { expect, test } from 'vitest'
import { joinTransaction, type OutboxTransaction } from './transaction.ts'

const postgres = { kind: 'postgres' }

test.each([undefined, null, 7, 'x', true, [], {}, { query: 7 }, { executeSql: 7 }])('%j is no transaction', (given) => {
  expect(() => joinTransaction(given as never, postgres)).toThrow(
    expect.objectContaining({ name: 'OutboxError', code: 'invalid_argument' }),
  )
})

test.each(['query', 'executeSql'])('an object with %s() runs the statements, as itself', async (member) => {
  const ran: unknown[] = []
  const transaction = {
    async [member](this: unknown, ...statement: unknown[]) {
      ran.push(this === transaction, ...statement)
      return { rows: [] }
    },
  } as unknown as OutboxTransaction
  await joinTransaction(transaction, postgres).executeSql('SELECT $1', [1])
  expect(ran).toEqual([true, 'SELECT $1', [1]])
})
