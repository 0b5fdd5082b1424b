import { expect, test } from 'vitest'
import { isKeywordList, mayHoldPassword } from './store-address.ts'

test.each([
  'postgres://me:s3cret@localhost/db',
  'postgresql://:s3cret@localhost/db',
  'POSTGRES://me:s3:cret@localhost/db',
  'postgres://me:pa/ss?w#rd@localhost/db',
  'postgres:me:s3cret@localhost/db',
  'postgres://me%3As3cret@localhost/db',
  'postgres://me:s3cret%40localhost/db',
  'postgres://me:s3cret@one,two:5433/db',
  'postgres://localhost/db?password=s3cret',
  'postgres://localhost/db?user=me&PASSWORD=s3cret',
  'postgres://localhost/db?sslpassword=s3cret',
  'postgres://localhost/db?pass%77ord=s3cret',
  'postgres://localhost/db?pass%2577ord=s3cret',
  'postgres:///db?host=/tmp&passwd=s3cret',
  'host=localhost password=s3cret',
  "host=localhost password = 's3cret'",
  'password=s3cret',
  'mysql://me:s3cret@localhost/db',
])('%s may contain a password', (address) => {
  expect(mayHoldPassword(address)).toBe(true)
})

test.each([
  './outbox',
  '/var/lib/outbox',
  'C:\\outbox',
  'outbox@home',
  'postgres://localhost/db',
  'postgres://me@localhost:5432/db?sslmode=verify-full',
  'postgres://me@one:5432,two:5433/db',
  '100%/outbox',
])('%s contains no password', (address) => {
  expect(mayHoldPassword(address)).toBe(false)
})

test('a list of keywords is not a folder', () => {
  expect(['host=localhost dbname=app', ' host = x'].map(isKeywordList)).toEqual([true, true])
  expect(['./a=b', '/a', 'outbox', 'postgres://h/d?host=x'].map(isKeywordList)).toEqual([false, false, false, false])
})
