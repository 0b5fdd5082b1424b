import { query } from './postgres-server.ts'

/** Columns of a row that someone else has written; by default as pg-boss would. */
export interface AlienRow {
  readonly queue: 'logouts' | 'dead-letters' | 'notes'
  readonly data: unknown
  readonly id?: string
  readonly state?: string
  readonly createdOn?: string
  readonly startAfter?: string
  readonly singletonKey?: string
  readonly retryCount?: number
  readonly output?: unknown
  readonly blocked?: boolean
}

/** Writes rows into the table of an outbox, as anyone with the database's password can. */
export async function writeRows(store: string, rows: readonly AlienRow[]): Promise<void> {
  await query(
    store,
    `INSERT INTO backend_logout.job
      (id, name, data, state, created_on, start_after, singleton_key, retry_count, output, blocked, retry_limit)
    SELECT coalesce((r->>'id')::uuid, gen_random_uuid()), r->>'queue', r->'data',
      coalesce(r->>'state', 'created')::backend_logout.job_state,
      coalesce((r->>'createdOn')::timestamptz, now()), coalesce((r->>'startAfter')::timestamptz, now()),
      r->>'singletonKey', coalesce((r->>'retryCount')::int, 0), r->'output',
      coalesce((r->>'blocked')::boolean, false), 1000
    FROM jsonb_array_elements($1::text::jsonb) AS r`,
    [JSON.stringify(rows)],
  )
}

/** Data that is not one of ours, or only resembles it. */
export const ALIEN_DATA: readonly unknown[] = [
  null,
  true,
  5,
  -1e308,
  'text',
  '',
  [],
  [null],
  {},
  { jwe: null },
  { jwe: 5 },
  { jwe: '' },
  { jwe: '....' },
  { jwe: 'e30.a.b.c.d' },
  { jwe: ['a', 'b'] },
  { jwe: { jwe: 'x' } },
  { jwe: sealedWith(null) },
  { jwe: sealedWith([]) },
  { jwe: sealedWith({ alg: 'RSA-OAEP', enc: 'A128CBC-HS256', kid: 'theirs' }) },
  { jwe: sealedWith({ typ: 'backend-logout+jwe', alg: 'dir', enc: 'A256GCM', kid: 'unknown' }) },
  { jwe: sealedWith(ours({ at: 1e300, tokens: [] })) },
  { jwe: sealedWith(ours({ at: -5, tokens: [['access_token', 'sha256:aa', -5]] })) },
  { jwe: sealedWith(ours({ at: 5, tokens: [['access_token', '\u001b]0;owned\u0007', 8.64e15]] })) },
  { jwe: sealedWith(ours({ at: 5, tokens: [['access_token', 'sha256:aa', 8.64e15]] })) },
  { jwe: sealedWith(ours({ at: 5, tokens: [['\u202etoken', 'sha256:aa', 'never'], null, 7] })) },
  { jwe: sealedWith(ours({ at: '5', tokens: 'sha256:aa' })) },
  { jwe: `${'x'.repeat(3_000_000)}` },
  { jwe: `${sealedWith(ours({ at: 5 }))}${'x'.repeat(3_000_000)}` },
  { reason: null, attempts: null },
  { reason: 'network', attempts: 'many' },
  { reason: { code: '\u001b[2J\u001b[Hrevoked\r\n', status: '\u009b', providerError: '\u2028' }, attempts: -1 },
  { reason: { code: ['network'], status: { a: 1 }, providerError: 5 }, attempts: 1e308 },
  JSON.parse('{"__proto__":{"jwe":"x"},"constructor":1,"toString":null,"toJSON":{},"then":1,"length":-1}'),
  { fill: 'x'.repeat(1_000_000) },
  nested(1000),
]

/** Values that a hostile row could put into a header of ours. */
function ours(header: object): object {
  return { typ: 'backend-logout+jwe', alg: 'dir', enc: 'A256GCM', kid: 'first', ...header }
}

/** A JWE with this header, and content that its key does not open. */
function sealedWith(header: unknown): string {
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`
}

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { value }
  return value
}

/** Characters anywhere in a value that a terminal or a log would act on. */
export function unprintableIn(value: unknown): string[] {
  const texts: string[] = []
  JSON.stringify(value, (key, item) => {
    for (const text of [key, item]) if (typeof text === 'string' && /[\p{C}\p{Zl}\p{Zp}]/u.test(text)) texts.push(text)
    return item
  })
  return texts
}
