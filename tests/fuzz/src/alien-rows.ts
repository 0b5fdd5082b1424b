import { ALIEN_DATA, type AlienRow } from '@backend-logout/tests-outbox/alien-rows'
import fc from 'fast-check'

/** A row that someone else has written. Its `data` can contain a sealed value of the outbox, with a change. */
export type Row = Omit<AlienRow, 'data'> & { readonly data: unknown }

/** A placeholder for the outbox's JWE, with a change, until there is one. */
interface Forgery {
  readonly forged: 'cut' | 'character' | 'longer' | 'header' | 'copy'
  readonly at: number
  readonly text: string
  readonly value: unknown
}

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)

/** Postgres stores no NUL in JSON, and no half of a surrogate pair. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll('\0', '')),
  oneOf(
    ...['', '\u001b[2K\u001b[1A', 'a\r\nrevoked', '\u202e', '\u2028', '2026-01-01', 'unknown_key', 'network', 'jwe'],
    ...['__proto__', 'constructor', 'x'.repeat(9_000)],
  ),
)
const number = fc.constantFrom(0, -1, 1.5, 1e300, -1e300, 2 ** 53, 8.64e15, 8.64e15 + 1)
const value: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer(),
  number,
  fc.constantFrom(null, true, false),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
  fc.constantFrom(...ALIEN_DATA.slice(0, 26)),
)
const header = fc
  .record(
    {
      alg: oneOf('dir', 'none', 'RSA1_5', ''),
      enc: oneOf('A256GCM', 'A128GCM'),
      kid: text,
      typ: oneOf('backend-logout+jwe', ''),
      at: value,
      tokens: fc.oneof(value, fc.array(fc.array(value, { maxLength: 4 }), { maxLength: 3 })),
    },
    { requiredKeys: [] },
  )
  .map((members) => Buffer.from(JSON.stringify(members)).toString('base64url'))
/** A value that looks like one that the outbox seals. */
const lookalike = fc.oneof(
  oneOf('....', 'a..b.c.d', 'eyJ', ''),
  fc.tuple(header, text, text).map(([first, middle, last]) => `${first}..${middle}.${last}.${last}`),
)
const forgery: fc.Arbitrary<Forgery> = fc.record({
  forged: fc.constantFrom('cut' as const, 'character' as const, 'longer' as const, 'header' as const, 'copy' as const),
  at: fc.nat(2_000),
  text: oneOf('A', '.', '_', '!', '\u0007', 'é', 'typ', 'kid', 'tokens', 'at', 'queue'),
  value,
})
const data = fc.oneof(
  { weight: 4, arbitrary: fc.record({ jwe: forgery }) },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        jwe: fc.oneof(lookalike, value),
        reason: fc.oneof(value, fc.record({ code: value, status: value, providerError: value }, { requiredKeys: [] })),
        attempts: value,
        until: value,
        ratePerSecond: value,
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: value },
  { weight: 1, arbitrary: fc.dictionary(text, value, { maxKeys: 3 }) },
)

/** Rows of every kind that anyone with the database's password can write. */
export const alienRows: fc.Arbitrary<Row[]> = fc.array(
  fc.record(
    {
      queue: fc.constantFrom('logouts' as const, 'logouts' as const, 'dead-letters' as const, 'notes' as const),
      data,
      state: oneOf('created', 'created', 'retry', 'completed', 'cancelled', 'failed'),
      createdOn: oneOf('infinity', '-infinity', '4714-11-24 BC', '294276-12-31', '1970-01-01'),
      startAfter: oneOf('infinity', '-infinity', '4714-11-24 BC', '294276-12-31', '1970-01-01'),
      singletonKey: oneOf('pause', '\u001b'),
      retryCount: fc.constantFrom(0, 0, 1, 1_000_000),
      output: fc.oneof(value, fc.record({ attempts: value, refusals: value, code: value }, { requiredKeys: [] })),
      blocked: fc.boolean(),
    },
    { requiredKeys: ['queue', 'data'] },
  ) as fc.Arbitrary<Row>,
  { minLength: 1, maxLength: 60, size: 'max' },
)

/** The row with a sealed value of the outbox in place of the placeholder. */
export function withJwe(row: Row, jwe: string): AlienRow {
  const { data: given } = row
  if (typeof given !== 'object' || given === null || !('jwe' in given)) return row
  const { jwe: forged } = given
  if (typeof forged !== 'object' || forged === null || !('forged' in forged)) return row
  return { ...row, data: { ...given, jwe: forge(forged as Forgery, jwe) } }
}

function forge({ forged, at, text: put, value: given }: Forgery, jwe: string): string {
  const place = at % jwe.length
  if (forged === 'copy') return jwe
  if (forged === 'cut') return jwe.slice(0, place)
  if (forged === 'character') return `${jwe.slice(0, place)}${put}${jwe.slice(place + 1)}`
  if (forged === 'longer') return `${jwe}${put}`
  const [first = '', ...rest] = jwe.split('.')
  const readable = JSON.parse(Buffer.from(first, 'base64url').toString()) as Record<string, unknown>
  return [Buffer.from(JSON.stringify({ ...readable, [put]: given })).toString('base64url'), ...rest].join('.')
}
