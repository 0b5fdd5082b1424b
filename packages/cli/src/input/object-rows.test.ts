import { expect, test } from 'vitest'
import { ObjectRows } from './object-rows.ts'
import { REPEATED } from './token-line.ts'

test('a member that is too deep to be written does not end the run', () => {
  const rows = new ObjectRows({ token: 'token', where: new Map(), keep: ['a'] }, 'leaked.ndjson')
  const text = `{"token":"token-1","a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`
  expect(rows.add({ text }, 1)).toMatchObject([{ token: 'token-1', kept: { a: '[too deep]' } }])
})

test.each([
  ['1234567890123456789', '1234567890123456789'],
  ['-1234567890123456789', '-1234567890123456789'],
  ['0.1', '0.1'],
  ['7', '7'],
  // The same numbers in another notation, as pandas and others write them.
  ['42.0', '42'],
  ['4.2e1', '42'],
  ['0.10', '0.1'],
  ['-0', '0'],
])('the number %s is kept and compared as %s', (number, text) => {
  const choice = {
    token: 'token',
    client: 'id',
    where: new Map([['user.id', new Set([text])]]),
    keep: ['id', 'user'],
  }
  const rows = new ObjectRows(choice, 'leaked.ndjson')
  const line = `{"token":"token-1","id": ${number} ,"user":{"id":${number},"n":[${number}]}}`
  expect(rows.add({ text: line }, 1)).toMatchObject([
    { token: 'token-1', client: text, kept: { id: text, user: `{"id":${text},"n":[${text}]}` } },
  ])
  expect(rows.add({ text: line.replaceAll(number, '1234567890123456788') }, 2)).toEqual([
    { line: 2, leftOut: 'filtered' },
  ])
})

test('an object with two members of a name that is read is a problem of its own', () => {
  const choice = { token: 's.token', client: 'id', where: new Map([['event', new Set(['x'])]]), keep: ['note'] }
  const rows = new ObjectRows(choice, 'leaked.ndjson')
  const line = '{"event":"x","id":"web","note":"n","s":{"token":"abc-1"}}'
  for (const [at, more] of [
    '"event":"x"',
    '"id":"ios"',
    '"s":{}',
    '"token_type_hint":"a","token_type_hint":"b"',
  ].entries()) {
    const text = line.replace('}}', `},${more}}`)
    expect(rows.add({ text }, at)).toEqual([{ line: at, problem: expect.stringContaining('two members of one name') }])
  }
  expect(rows.add({ text: line.replace('}}', '},"note":"m"}') }, 9)).toMatchObject([{ token: 'abc-1' }])
})

test('a number is no object and no token', () => {
  const rows = new ObjectRows({ token: 'token', where: new Map(), keep: [] }, 'leaked.ndjson')
  expect(rows.add({ text: '1234567890123456789' }, 1)).toMatchObject([{ problem: 'The line is not a JSON object.' }])
  expect(rows.add({ text: '{"token":1234567890123456789}' }, 2)).toMatchObject([
    { problem: 'The member "token" is not a string.' },
  ])
})

test('a repeated member of --where is a problem of the row, and not a member that no object has', () => {
  const choice = { token: 'token', where: new Map([['e', new Set(['x'])]]), keep: [] }
  const rows = new ObjectRows(choice, 'leaked.ndjson')
  expect(rows.add({ text: '{"e":"x","e":"x","token":"abc-1"}' }, 1)).toMatchObject([{ problem: REPEATED }])
  expect(rows.end()).toEqual([])
})
