import { expect, test } from 'vitest'
import { readEntries } from './new-entry.ts'

const entry = { iss: 'https://id.example.com', jti: 'a', until: 1_795_683_149 }

test('one entry and any number of them are read, and copied', () => {
  expect(readEntries(entry)).toEqual([entry])
  expect(readEntries(entry)[0]).not.toBe(entry)
  expect(readEntries(new Set([entry, { iss: 'x', sub: 'a', at: 1, until: 2 }]))).toHaveLength(2)
  expect(readEntries([])).toEqual([])
})

test('members that an entry inherits are copied, and one of them without a value revokes nothing', () => {
  class Entry {
    readonly iss = 'x'
    readonly #user: string | undefined
    constructor(user: string | undefined) {
      this.#user = user
    }
    get sub() {
      return this.#user
    }
    get at() {
      return 1
    }
    get until() {
      return 1
    }
  }
  expect(readEntries(new Entry('a') as never)).toEqual([{ iss: 'x', sub: 'a', at: 1, until: 1 }])
  expect(() => readEntries(new Entry(undefined) as never)).toThrow(/sub must not be undefined/)
})

test.each([
  [null, /must be an object/],
  ['text', /must be an object/],
  [undefined, /must be an object/],
  [{ ...entry, exp: 1 }, /unknown member/],
  [{ ...entry, iss: '' }, /iss must be/],
  [{ ...entry, iss: undefined }, /iss must be/],
  [{ ...entry, jti: 7 }, /jti, sid and sub must be/],
  [{ ...entry, jti: 'secret\0' }, /jti, sid and sub must be/],
  [{ ...entry, sid: 'b' }, /only one of/],
  [{ ...entry, at: 1 }, /at cannot be combined with jti/],
  [{ iss: 'x', until: 1 }, /at must be whole seconds/],
  [{ iss: 'x', sub: 'a', at: 1.5, until: 1 }, /at must be whole seconds/],
  [{ iss: 'x', sub: 'a', at: Date.now(), until: 1 }, /at must be whole seconds/],
  [{ ...entry, until: undefined }, /until must be whole seconds/],
  [{ iss: 'x', sub: undefined, at: 1, until: 2 }, /sub must not be undefined; leave them out to revoke all tokens/],
  [{ iss: 'x', sid: undefined, sub: undefined, at: 1, until: 2 }, /must not be undefined/],
  [{ ...entry, until: Date.now() }, /until must be whole seconds/],
])('an invalid entry is refused with the reason, without its content: %j', (value, reason) => {
  for (const given of [value, [entry, value]]) {
    if (given === 'text') continue
    expect(() => readEntries(given as never)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.stringMatching(reason) }),
    )
    expect(() => readEntries(given as never)).not.toThrow(/secret/)
  }
})
