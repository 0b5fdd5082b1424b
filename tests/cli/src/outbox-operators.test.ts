import { type PostgresServer, query, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
let postgres: PostgresServer
let env: Record<string, string>
let databases = 0

beforeAll(async () => {
  ;[provider, postgres] = await Promise.all([startCountingProvider(folder.path, 10), startPostgres()])
})
afterAll(() => Promise.all([provider[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()]))
beforeEach(async () => {
  const { stdout } = await run(['outbox', 'key', 'first'])
  const store = await postgres.database(`operators_${++databases}`)
  env = { ...provider.env, OUTBOX_STORE: store, OUTBOX_KEYS: stdout }
  provider.intercept = () => false
})

test('outbox stats and outbox dead work on a standby, which accepts no writes', async () => {
  const [waits = '', dies = ''] = provider.take(2)
  provider.intercept = (_token, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_request"}')
    return true
  }
  await run(['outbox', 'add'], { env, input: dies })
  await run(['outbox', 'work', '--until-empty'], { env })
  await run(['outbox', 'add'], { env, input: waits })
  await using standby = await postgres.standby()
  const { port } = new URL(await standby.database('postgres'))
  const store = (env.OUTBOX_STORE as string).replace(/:\d+\//, `:${port}/`)
  const there = { ...env, OUTBOX_STORE: store }

  const stats = await run(['outbox', 'stats', '--json'], { env: there })
  expect(stats).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(stats.stdout)).toMatchObject({ pending: 1, dead: 1, postgres: { isStandby: true } })
  const dead = await run(['outbox', 'dead'], { env: there })
  expect(dead).toMatchObject({ code: 0, stdout: expect.stringContaining('rejected 400 invalid_request') })
  for (const command of [['retry', '--all'], ['add'], ['migrate']]) {
    const refused = await run(['outbox', ...command], { env: there, input: waits })
    expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/read-only/) })
  }
})

describe('outbox migrate', () => {
  test('creates the tables; outbox stats does not', async () => {
    expect(await run(['outbox', 'stats'], { env })).toMatchObject({
      code: 4,
      stderr: 'backend-logout: There is no outbox in the schema backend_logout of this database.\n',
    })
    expect(await query(env.OUTBOX_STORE as string, "SELECT to_regnamespace('backend_logout')")).toEqual([
      { to_regnamespace: null },
    ])
    const migrated = await run(['outbox', 'migrate'], { env: { OUTBOX_STORE: env.OUTBOX_STORE as string } })
    expect(migrated).toMatchObject({ code: 0, stdout: 'The tables are up to date.\n', stderr: '' })
    expect(await run(['outbox', 'migrate'], { env })).toMatchObject({ code: 0 })
    expect(await run(['outbox', 'stats'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^pending +0\n/),
    })
  })

  test('--print-sql prints the SQL for an administrator, after which a role without further rights adds and works', async () => {
    const role = `worker_${databases}`
    const store = env.OUTBOX_STORE as string
    const printed = await run(['outbox', 'migrate', '--print-sql', '--role', role])
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    await query(store, `CREATE ROLE ${role} LOGIN PASSWORD 'pw'`)
    await query(store, printed.stdout)
    const { host, pathname } = new URL(store)
    const limited = { ...env, OUTBOX_STORE: `postgres://${role}:pw@${host}${pathname}` }
    const [token = ''] = provider.take(1)
    expect(await run(['outbox', 'add'], { env: limited, input: token })).toMatchObject({ code: 0 })
    expect(await run(['outbox', 'work', '--until-empty'], { env: limited })).toMatchObject({ code: 0 })
    expect(provider.revocations.get(token)).toBe(1)
  })

  test('--print-sql --from prints only the missing steps', async () => {
    const store = env.OUTBOX_STORE as string
    await run(['outbox', 'migrate'], { env })
    const [row] = await query<{ version: number }>(store, 'SELECT version FROM backend_logout.version')
    const version = Number(row?.version)
    const update = await run(['outbox', 'migrate', '--print-sql', '--from', String(version - 1)])
    expect(update).toMatchObject({ code: 0, stdout: expect.stringContaining(`SET version = '${version}'`) })
    expect(update.stdout).not.toContain('CREATE SCHEMA')
    const wrong = await run(['outbox', 'migrate', '--print-sql', '--role', 'a"; DROP TABLE x'])
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
  })
})
