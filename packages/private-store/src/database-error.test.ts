import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { describeDatabaseError } from './database-error.ts'

test('describeDatabaseError() keeps words and code, and nothing that may contain a secret', () => {
  const reason = Object.assign(
    new Error('cannot reach postgres://app:secret@host/app\n\u001b[31mas postgresql://x:secret@y'),
    {
      code: 'ECONNREFUSED',
      query: 'INSERT secret',
      parameters: ['secret'],
      cause: new Error('secret'),
    },
  )
  const error = describeDatabaseError(reason)
  expect(error.message).toBe(
    String.raw`cannot reach postgres://[masked]@host/app\u000a\u001b[31mas postgresql://[masked]@y`,
  )
  expect(error.code).toBe('ECONNREFUSED')
  expect(inspect(error, { showHidden: true, depth: 5 })).not.toContain('secret')
})

test.each([undefined, null, 'text', 7, {}])('describeDatabaseError() also accepts %s', (reason) => {
  expect(describeDatabaseError(reason)).toBeInstanceOf(Error)
  expect(describeDatabaseError(reason).message.length).toBeGreaterThan(0)
})

test('describeDatabaseError() names an error of the file system within PGlite', () => {
  expect(describeDatabaseError({ name: 'ErrnoError', errno: 51 }).message).toBe('ENOSPC: no space left on device')
  expect(describeDatabaseError({ name: 'ErrnoError', errno: 76 }).message).toBe('error 76 of the file system')
})
