import { expect, test } from 'vitest'
import { ObjectRows } from './object-rows.ts'

test('a member that is too deep to be written does not end the run', () => {
  const rows = new ObjectRows({ token: 'token', where: new Map(), keep: ['a'] }, 'leaked.ndjson')
  const text = `{"token":"token-1","a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`
  expect(rows.add({ text }, 1)).toMatchObject([{ token: 'token-1', kept: { a: '[too deep]' } }])
})
