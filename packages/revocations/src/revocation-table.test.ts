import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RevocationEntry } from './entry.ts'
import { RevocationTable, type TokenClaims } from './revocation-table.ts'

const ISS = 'https://id.example.com'
const NOW = 1_795_679_550
const UNTIL = NOW + 3600
const claims = { iss: ISS, jti: 'token-1', sid: 'session-1', sub: 'alice', iat: NOW }

const tableOf = (...entries: RevocationEntry[]): RevocationTable => {
  const table = new RevocationTable()
  for (const entry of entries) table.add(entry)
  return table
}

describe('a revocation table', () => {
  test('refuses a single named token, whenever it was issued', () => {
    const table = tableOf({ iss: ISS, jti: 'token-1', until: UNTIL })
    expect(table.isRevoked(claims)).toBe(true)
    expect(table.isRevoked({ ...claims, iat: 253_402_300_799 })).toBe(true)
    expect(table.isRevoked({ ...claims, jti: 'token-2' })).toBe(false)
  })

  test.each([
    ['session', { iss: ISS, sid: 'session-1', at: NOW, until: UNTIL }, { sid: 'session-2' }],
    ['subject', { iss: ISS, sub: 'alice', at: NOW, until: UNTIL }, { sub: 'bob' }],
    ['issuer', { iss: ISS, at: NOW, until: UNTIL }, { iss: `${ISS}/` }],
  ] as const)(
    'refuses tokens issued to a %s up to the second of the revocation, but not the next login',
    (_, entry, other) => {
      const table = tableOf(entry)
      expect(table.isRevoked({ ...claims, iat: NOW - 100 })).toBe(true)
      expect(table.isRevoked(claims)).toBe(true)
      expect(table.isRevoked({ ...claims, iat: NOW + 0.999 })).toBe(true)
      expect(table.isRevoked({ ...claims, iat: NOW + 1 })).toBe(false)
      expect(table.isRevoked({ ...claims, ...other })).toBe(false)
    },
  )

  test('treats a token without a time of issue as issued before', () => {
    const { iat: _, ...timeless } = claims
    expect(tableOf({ iss: ISS, sub: 'alice', at: NOW, until: UNTIL }).isRevoked(timeless)).toBe(true)
    expect(tableOf().isRevoked(timeless)).toBe(false)
  })

  test('treats the same user, session or token id at another issuer as another', () => {
    const table = tableOf(
      { iss: 'https://other.example.com', jti: 'token-1', until: UNTIL },
      { iss: 'https://other.example.com', sid: 'session-1', at: NOW, until: UNTIL },
      { iss: 'https://other.example.com', sub: 'alice', at: NOW, until: UNTIL },
      { iss: 'https://other.example.com', at: NOW, until: UNTIL },
    )
    expect(table.isRevoked(claims)).toBe(false)
    expect(table.size).toBe(4)
  })

  test('does not mistake a name of one kind for one of another', () => {
    const table = tableOf(
      { iss: ISS, sid: 'alice', at: NOW, until: UNTIL },
      { iss: ISS, jti: 'session-1', until: UNTIL },
    )
    expect(table.isRevoked(claims)).toBe(false)
  })

  test('follows an alias of an issuer, in tokens and in entries', () => {
    const table = new RevocationTable(new Map([['id.example.com', ISS]]))
    table.add({ iss: ISS, jti: 'token-1', until: UNTIL })
    table.add({ iss: 'id.example.com', jti: 'token-2', until: UNTIL })
    for (const iss of [ISS, 'id.example.com']) {
      for (const jti of ['token-1', 'token-2']) expect(table.isRevoked({ ...claims, iss, jti })).toBe(true)
    }
    table.add({ iss: 'id.example.com', at: NOW, until: UNTIL })
    expect(table.isRevoked({ ...claims, jti: 'token-3' })).toBe(true)
  })

  const nonsense = [
    null,
    0,
    1,
    true,
    '',
    [],
    {},
    ['alice'],
    'a\0b',
    '\ud800',
    'x'.repeat(1025),
    Symbol.iterator,
    () => 'x',
  ]
  const wrong: [string, unknown][] = [
    ...[undefined, null, 0, 'token', true, [], [claims], () => claims].map((value): [string, unknown] => [
      'all',
      value,
    ]),
    ...nonsense.flatMap((value) =>
      (['jti', 'sid', 'sub'] as const).map((name): [string, unknown] => [name, { ...claims, [name]: value }]),
    ),
    ...[undefined, ...nonsense.filter((value) => value !== 'x'.repeat(1025)), 'x'.repeat(2049)].map(
      (iss): [string, unknown] => ['iss', { ...claims, iss }],
    ),
    ...[null, '1795679550', -1, Number.NaN, Number.POSITIVE_INFINITY, NOW * 1000, 10n, new Date(), {}].map(
      (iat): [string, unknown] => ['iat', { ...claims, iat }],
    ),
    ['no name at all', { iss: ISS, iat: NOW }],
    ['no name but undefined ones', { iss: ISS, iat: NOW, jti: undefined, sid: undefined, sub: undefined }],
  ]
  test.each(wrong)('never accepts a token whose claims are invalid: %s %o', (_, value) => {
    expect(tableOf().isRevoked(value as TokenClaims)).toBe(true)
    expect(tableOf({ iss: 'other', at: 0, until: 1 }).isRevoked(value as TokenClaims)).toBe(true)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('treats the name %s like any other', (name) => {
    expect(tableOf().isRevoked({ iss: name, jti: name, sid: name, sub: name, iat: NOW })).toBe(false)
    const table = tableOf({ iss: name, sub: name, at: NOW, until: UNTIL })
    expect(table.isRevoked({ iss: name, sub: name, iat: NOW })).toBe(true)
    expect(table.isRevoked({ iss: name, sub: 'alice', iat: NOW })).toBe(false)
    expect(table.isRevoked({ iss: ISS, sub: name, iat: NOW })).toBe(false)
  })

  test('keeps an entry until ten minutes after its end, then drops it with its index entries', () => {
    const table = tableOf(
      { iss: ISS, jti: 'token-1', until: UNTIL },
      { iss: ISS, sid: 'session-1', at: NOW, until: UNTIL },
      { iss: ISS, sub: 'alice', at: NOW, until: UNTIL },
      { iss: ISS, at: NOW, until: UNTIL },
      { iss: ISS, jti: 'token-2', until: UNTIL + 1 },
    )
    table.sweep(UNTIL + 600, 1000)
    expect(table.size).toBe(5)
    table.sweep(UNTIL + 601, 1000)
    expect(table.size).toBe(1)
    expect(table.isRevoked(claims)).toBe(false)
    expect(table.isRevoked({ ...claims, jti: 'token-2' })).toBe(true)
    table.sweep(UNTIL + 602, 1000)
    expect(table.size).toBe(0)
  })

  test('sweeps a large list in steps, while entries come and go', () => {
    const table = new RevocationTable()
    for (let index = 0; index < 1000; index++) table.add({ iss: ISS, jti: `old-${index}`, until: NOW })
    for (let sweeps = 0; sweeps < 40; sweeps++) {
      table.sweep(NOW + 601, 30)
      table.add({ iss: ISS, sid: `new-${sweeps}`, at: NOW, until: UNTIL })
      table.add({ iss: `https://${sweeps}.example.com`, sub: 'alice', at: NOW, until: UNTIL })
    }
    for (let sweeps = 0; sweeps < 10; sweeps++) table.sweep(NOW + 601, 30)
    expect(table.size).toBe(80)
    expect(table.isRevoked({ iss: ISS, sid: 'new-7', iat: NOW })).toBe(true)
    expect(table.isRevoked({ iss: ISS, jti: 'old-7', iat: NOW })).toBe(false)
  })
})

describe('properties of a revocation table', () => {
  const name = fc.constantFrom('a', 'b', '__proto__')
  const iss = fc.constantFrom('x', 'y')
  const time = fc.integer({ min: 0, max: 60 })
  const entry: fc.Arbitrary<RevocationEntry> = fc.oneof(
    fc.record({ iss, jti: name, until: time }),
    fc.record({ iss, sid: name, at: time, until: time }),
    fc.record({ iss, sub: name, at: time, until: time }),
    fc.record({ iss, at: time, until: time }),
  )
  const token = fc.record({ iss, jti: name, sid: name, sub: name, iat: time }, { requiredKeys: ['iss', 'jti'] })

  /** The literal meaning of the entries. */
  const isNamed = (entries: readonly RevocationEntry[], token: Record<string, unknown>): boolean =>
    entries.some((entry) => {
      if (entry.iss !== token.iss) return false
      if ('jti' in entry) return entry.jti === token.jti
      if (((token.iat as number | undefined) ?? 0) > entry.at) return false
      if ('sid' in entry) return entry.sid === token.sid
      if ('sub' in entry) return entry.sub === token.sub
      return true
    })

  test('its verdict follows the entries, in any order and however often they come', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12, size: 'max' }),
        fc.infiniteStream(fc.nat()),
        token,
        (entries, picks, token) => {
          const shuffled = entries
            .flatMap((entry) => [entry, entry])
            .map((entry) => ({ entry, order: picks.next().value }))
            .sort((a, b) => a.order - b.order)
            .map(({ entry }) => entry)
          expect(tableOf(...entries).isRevoked(token)).toBe(isNamed(entries, token))
          expect(tableOf(...shuffled).isRevoked(token)).toBe(isNamed(entries, token))
          expect(tableOf(...shuffled).size).toBe(tableOf(...entries).size)
        },
      ),
    )
  })

  test('no passage of time makes a revoked token valid before the end of an entry that names it', () => {
    const step = fc.oneof(
      entry,
      fc.record({ now: fc.integer({ min: 0, max: 720 }), count: fc.integer({ min: 1, max: 9 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), token, (steps, token) => {
        const table = new RevocationTable()
        const entries: RevocationEntry[] = []
        let latest = 0
        for (const step of steps) {
          if ('now' in step) {
            latest = Math.max(latest, step.now)
            table.sweep(step.now, step.count)
          } else {
            entries.push(step)
            table.add(step)
          }
          // When it is swept with a time beyond its end, an entry may disappear, but one that arrived again later may
          // not.
          const alive = entries.filter(({ until }) => until >= latest)
          if (isNamed(alive, token)) expect(table.isRevoked(token)).toBe(true)
        }
        expect(table.size).toBeLessThanOrEqual(entries.length)
      }),
      { numRuns: 500 },
    )
  })

  test('nothing expired remains at the end', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 50, size: 'max' }), (entries) => {
        const table = tableOf(...entries)
        table.sweep(10_000, 1000)
        expect(table.size).toBe(0)
      }),
    )
  })
})
