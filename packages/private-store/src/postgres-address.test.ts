import { describe, expect, test } from 'vitest'
import { isMistypedAddress, isPostgresAddress, type PostgresAddress, parsePostgresAddress } from './postgres-address.ts'

const parsed = (text: string): PostgresAddress => {
  const address = parsePostgresAddress(text)
  if ('problem' in address) throw new Error(address.problem)
  return address
}

describe('parsePostgresAddress()', () => {
  test('parses a URI', () => {
    expect(parsed('postgres://me:p%40ss@db.example.com:5433/app?application_name=x')).toMatchObject({
      hosts: [{ host: 'db.example.com', port: 5433 }],
      readWrite: false,
      config: { user: 'me', password: 'p@ss', database: 'app', application_name: 'x' },
    })
    expect(parsed('postgresql://db')).toMatchObject({ hosts: [{ host: 'db', port: undefined }] })
    expect(parsed('postgres:///app?host=/var/run/postgresql')).toMatchObject({
      hosts: [{ host: '/var/run/postgresql' }],
      config: { database: 'app' },
    })
    expect(parsed('postgres://').hosts).toEqual([{ host: undefined, port: undefined }])
  })

  test('parses several hosts', () => {
    const uri = 'postgres://me:se,cr@et@one:5433,two,[::1]:5434/app?target_session_attrs=read-write&sslmode=disable'
    expect(parsed(uri)).toMatchObject({
      hosts: [
        { host: 'one', port: 5433 },
        { host: 'two', port: undefined },
        { host: '::1', port: 5434 },
      ],
      readWrite: true,
      config: { user: 'me', password: 'se,cr@et', database: 'app', ssl: false },
    })
    expect(parsed('postgres://one,two/app').hosts).toEqual([
      { host: 'one', port: undefined },
      { host: 'two', port: undefined },
    ])
    expect(parsed('postgres:///app?host=one,two&port=5433').hosts).toEqual([
      { host: 'one', port: 5433 },
      { host: 'two', port: 5433 },
    ])
  })

  test('parses libpq keywords', () => {
    const text = String.raw` host=one,two port = 5433 user=me password='it\'s a \\ secret' dbname=my%app connect_timeout=2`
    expect(parsed(text)).toMatchObject({
      hosts: [
        { host: 'one', port: 5433 },
        { host: 'two', port: 5433 },
      ],
      config: {
        user: 'me',
        password: String.raw`it's a \ secret`,
        database: 'my%app',
        connectionTimeoutMillis: 2000,
      },
    })
    expect(parsed('dbname=app target_session_attrs=primary')).toMatchObject({
      hosts: [{ host: undefined, port: undefined }],
      readWrite: true,
      config: { database: 'app' },
    })
  })

  test.each([
    ['postgres://me:hunter2@host:notaport/db', /cannot be parsed/],
    ['postgres://me:hunter2@one:0,two/db', /port/],
    ['postgres://me:hunter2@one:99999,two:1/db', /port/],
    ['postgres://me:hunter2@o:n:e,two/db', /host/],
    ['postgres://me:hunter2@one,two/db?target_session_attrs=standby', /target_session_attrs/],
    ['postgres:///db?host=one,two&port=1,2,3', /port/],
    ['host=one password=hunter2 krbsrvname=x', /keyword krbsrvname/],
    ['service=mine password=hunter2', /keyword service/],
    ['host=one password=hunter2 nonsense', /keyword=value/],
    ["host=one password='hunter2", /keyword=value/],
    ['host=one __proto__=x password=hunter2', /keyword __proto__/],
    ['postgres://me:hunter2@one/db?sslrootcert=/no/such/file', /ENOENT: \/no\/such\/file/],
    ['mysql://me:hunter2@one/db', /postgres:\/\//],
  ])('refuses %j without repeating the password', (text, problem) => {
    const address = parsePostgresAddress(text)
    expect(address).toEqual({ problem: expect.stringMatching(problem) })
    expect(JSON.stringify(address)).not.toContain('hunter2')
  })
})

test.each([
  ['postgres://h/d', true],
  ['PostgreSQL://h/d', true],
  ['host=db password=x', true],
  [' dbname = app', true],
  ['password=x', true],
  ['service=mine', true],
  ['./outbox', false],
  ['outbox', false],
  ['a=b', false],
  ['./host=db', false],
  ['__proto__=x', false],
  ['mysql://h/d', false],
])('isPostgresAddress(%j) is %s', (text, is) => {
  expect(isPostgresAddress(text)).toBe(is)
})

test.each([
  ['"postgres://me:s3cret@db/app"', true],
  ["'postgres://db/app'", true],
  [' postgres://db/app', true],
  ['postgres:/db/app', true],
  ['jdbc:postgresql://db/app', true],
  ['mysql://db/app', true],
  ['"host=db dbname=app"', true],
  ['./data', false],
  ['/var/lib/outbox', false],
  ['C:\\data', false],
  ['data: old', true],
  ["it's here", false],
])('whether a text is a mistyped address: %s, %s', (text, expected) => {
  expect(isMistypedAddress(text)).toBe(expected)
})
