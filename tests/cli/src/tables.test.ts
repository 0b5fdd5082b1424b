import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from './command-line.ts'
import { fingerprint } from './counting-provider.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

function active(tokens: readonly string[]): string[] {
  const alive = new Set(
    provider
      .tokens()
      .filter((token) => token.active)
      .map((token) => token.fingerprint),
  )
  return tokens.filter((token) => alive.has(fingerprint(token)))
}

/** A table of a leak: two clients, a note with line breaks and formulas, and users. */
function leak(tokens: readonly string[]): string {
  const rows = tokens.map((token, at) => {
    const note = at % 2 ? `"line one\nline ""two"", =1+1"` : 'plain'
    return `u-${at},${note},${at % 5 === 0 ? 'app-ios' : 'app-web'},${token}`
  })
  return `user_id,note,client_id,token\n${rows.join('\n')}\n`
}

test('a table is revoked by column and condition, and each outcome names its row and the kept columns', async () => {
  const tokens = await provider.issueTokens(20)
  const output = folder.fresh()
  const args = ['revoke', folder.file(leak(tokens)), '--column', 'token', '--where', 'client_id=app-web']
  const { code, stdout, stderr } = await run([...args, '--keep', 'user_id,note', '-o', output], { env: env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^16 tokens revoked, 0 not/)
  expect(stdout).toContain('Rows: 4 left out by --where.')
  expect(active(tokens)).toEqual(tokens.filter((_, at) => at % 5 === 0))
  const outcomes = folder.ndjson(output)
  expect(outcomes).toHaveLength(16)
  const second = outcomes.find(({ token }) => token === fingerprint(tokens[1] as string))
  expect(second).toMatchObject({
    line: 3,
    state: 'accepted',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    kept: { user_id: 'u-1', note: 'line one\\u000aline "two", =1+1' },
  })
  for (const token of tokens) expect(readFileSync(output, 'utf8')).not.toContain(token)
})

test.each([
  ['a table', 'user_id,token\n1,abc\n2,def\n', /looks like a table with the columns "user_id", "token".*--column NAME/],
  [
    'a table with bars',
    'user_id|token\n7|abc\n',
    /looks like a table with the columns "user_id", "token".*--column NAME/,
  ],
  ['a JSON array', '[{"token":"abc"},\n{"token":"def"}]\n', /JSON array.*jq -c/],
  ['objects with other members', '{"access":"abc","user":1}\n', /the members "access", "user".*--column NAME/],
  ['prose', 'two words\n'.repeat(10_000), /first 10 rows have no tokens.*Line 1: The line has white space/],
])('%s without --column ends immediately, names the remedy, and sends nothing', async (_what, text, message) => {
  const [output, journal] = [folder.fresh(), folder.fresh()]
  const args = ['revoke', folder.file(text), '-o', output, '-j', journal]
  const { code, stdout, stderr } = await run(args, { env: env })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(message)
  expect(stderr).toContain('Nothing was sent.')
  expect(readFileSync(output, 'utf8')).toBe('')
})

test('the wrong column is detected before anything is sent', async () => {
  const text = `user_id,note\n${'7,two words\n'.repeat(20)}`
  const { code, stderr } = await run(['revoke', folder.file(text), '--column', 'note'], { env: env })
  expect(code).toBe(2)
  expect(stderr).toMatch(/first 10 rows have no tokens.*another column than "note"\?/)
})

test.each([[], ['--dry-run']])('if no row meets --where, nothing is sent or written: %j', async (...more) => {
  const input = folder.file(leak(await provider.issueTokens(3)))
  const [output, journal, report] = [folder.fresh(), folder.fresh(), folder.fresh()]
  const args = ['revoke', input, '--column', 'token', '--where', 'client_id=app-wbe', '-o', output, '-j', journal]
  const { code, stdout, stderr } = await run([...args, '--report', report, ...more], { env })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/none of its 3 rows has the value of --where in the column "client_id"\. Nothing was sent\./)
  for (const file of [journal, report]) expect(() => readFileSync(file)).toThrow('ENOENT')
})

test.each([[], ['--dry-run']])(
  'if the column is empty in all rows, nothing is sent or written: %j',
  async (...more) => {
    const [output, journal, report] = [folder.fresh(), folder.fresh(), folder.fresh()]
    for (const text of ['token,access\n,abc-1\nNULL,abc-2\n', '{"token":null,"access":"abc-1"}\n']) {
      const args = ['revoke', folder.file(text), '--column', 'token', '-o', output, '-j', journal, '--report', report]
      const { code, stdout, stderr } = await run([...args, ...more], { env })
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(
        /There is no token in .*nothing in \d rows\. Are the tokens in another column.*Nothing was sent/,
      )
      for (const file of [journal, report]) expect(() => readFileSync(file)).toThrow('ENOENT')
    }
  },
)

test('a table whose lines end in CR alone is refused, with advice', async () => {
  const { code, stderr } = await run(['revoke', '--column', 'token'], {
    env,
    input: 'token,user\rabc-1,u1\rabc-2,u2\r',
  })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(String.raw`tr '\r' '\n' < FILE`) })
})

test('tokens and secrets are never kept columns', async () => {
  const names = ['token', 'refresh_token', 'client_secret', 'password', 'session.access_token', 'a.refreshToken']
  for (const name of [...names, 'authorization', 'api_key', 'jwt', 'bearer', 'passphrase', 'user.id,user.jwt']) {
    const { code, stderr } = await run(['revoke', 'x.csv', '--column', 'token', '--keep', name], { env: env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--keep must not name') })
  }
})

test('secrets inside kept members and in conditions are not written', async () => {
  const [token] = await provider.issueTokens(1)
  const user = { id: 'u-1', access_token: 'canary-1', login: { password: 'canary-2' }, note: 'api_key=canary-3' }
  const input = folder.file(`${JSON.stringify({ token, user, api_key: 'canary-4' })}\n`)
  const report = folder.fresh()
  const output = folder.fresh()
  const args = ['revoke', input, '--column', 'token', '--keep', 'user', '--where', 'api_key=canary-4']
  expect(await run([...args, '--report', report, '-o', output], { env: env })).toMatchObject({ code: 0 })
  const [outcome] = folder.ndjson(output)
  expect(outcome?.kept).toEqual({
    user: '{"id":"u-1","access_token":"[masked]","login":{"password":"[masked]"},"note":"api_key=[masked]"}',
  })
  expect(readFileSync(report, 'utf8')).toContain('api_key=[masked]')
  for (const file of [report, output]) expect(readFileSync(file, 'utf8')).not.toContain('canary')
})

test('tokens of several clients are revoked in one run, each with its own credentials', async () => {
  const { post, basic, none } = provider.apps
  const of = { 'web,1': post, 'ios "2"': basic, spa: none }
  const tokens = await Promise.all(Object.values(of).map((app) => provider.issueTokens(30, { app })))
  const apps = Object.values(of)
  const rows = tokens.flatMap((list, at) => list.map((token) => `${token};${apps[at]?.appId}`))
  rows.sort((a, b) => a.localeCompare(b))
  const [stranger] = await provider.issueTokens(1)
  const input = folder.file(`token;client_id\n${rows.join('\n')}\n${stranger};unknown-client\n`)
  const clients = folder.file(
    JSON.stringify({
      [post.appId]: { secret: post.appSecret },
      [basic.appId]: { secret: basic.appSecret, clientAuth: 'client_secret_basic' },
      [none.appId]: { clientAuth: 'none' },
    }),
  )
  const [output, journal] = [folder.fresh(), folder.fresh()]
  const args = ['revoke', input, '--column', 'token', '--client-column', 'client_id', '--clients', clients]
  const settings = { env: { AUTHING_APP_HOST: provider.appHost } }
  const { code, stdout, stderr } = await run([...args, '-o', output, '-j', journal, '--rate', '500'], settings)
  expect(stdout).toMatch(/^90 tokens revoked, 1 not/)
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no credentials for the client') })
  expect(active(tokens.flat())).toEqual([])
  expect(active([stranger as string])).toHaveLength(1)
  expect(folder.ndjson(output).filter(({ client }) => client === basic.appId)).toHaveLength(30)
  // Only the missing tokens are sent again.
  const again = await run([...args, '-o', output, '-j', journal, '--json'], settings)
  expect(JSON.parse(again.stdout)).toMatchObject({ revoked: 0, skipped: 90, invalid: 1 })
  for (const secret of [post.appSecret, basic.appSecret] as string[]) {
    expect([stdout, stderr, readFileSync(output, 'utf8'), readFileSync(journal, 'utf8')].join()).not.toContain(secret)
  }
})

test.each([
  ['no JSON', '{"app', /not valid JSON/],
  ['a list', '[]', /must be a JSON object with the credentials/],
  [
    'a client twice',
    '{"a":{"secret":"canary-1"},"a":{"secret":"canary-2"}}',
    /has a client, or a member of one, twice/,
  ],
  ['a client without a secret', '{"a":{}}', /Client 1 .* has no "secret"/],
  ['a member of another name', '{"a":{"secret":"canary-1","appSecret":"x"}}', /not supported/],
  [
    'a method that does not exist',
    '{"a":{"secret":"canary-1","clientAuth":"canary-2"}}',
    /Client 1 .*"clientAuth" must be one of/,
  ],
])('a file of credentials with %s is refused, without its secrets', async (_what, text, message) => {
  const args = ['revoke', folder.file('token,c\nabc,a\n'), '--column', 'token', '--client-column', 'c']
  const { code, stderr } = await run([...args, '--clients', folder.file(text)], {
    env: { AUTHING_APP_HOST: provider.appHost },
  })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  expect(stderr).not.toContain('canary')
})

test('a journal of one column does not apply to another', async () => {
  const [a, b] = (await provider.issueTokens(2)) as [string, string]
  const input = folder.file(`first,second\n${a},${b}\n`)
  const journal = folder.fresh()
  expect(await run(['revoke', input, '--column', 'first', '-j', journal], { env: env })).toMatchObject({ code: 0 })
  const { code, stderr } = await run(['revoke', input, '--column', 'second', '-j', journal], { env: env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('tokens in another column') })
  expect(active([a, b])).toEqual([b])
})

test('--rate is never exceeded, retries and introspection included', async () => {
  const tokens = await provider.issueTokens(150)
  // The log has only the last 1000 requests.
  provider.reset()
  provider.answerNext({ endpoint: 'introspection', status: 502, times: 20 })
  const startedAt = performance.now()
  const { code } = await run(['revoke', '--verify', '--rate', '200', '--quiet'], {
    env: env,
    input: tokens.join('\n'),
  })
  const seconds = (performance.now() - startedAt) / 1000
  expect(code).toBe(0)
  const sent = provider.requests.length
  expect(sent).toBeGreaterThanOrEqual(450)
  // Retries hold back only the requests that follow those in flight.
  expect(sent / seconds).toBeLessThan(200 * 1.1)
})

test('a dry run reports what a run would do, sends nothing and writes nothing', async () => {
  const tokens = await provider.issueTokens(10)
  const input = folder.file(`${leak(tokens)}u-x,,app-web,not a token\nu-y,,app-web,\n`)
  const [output, journal] = [folder.fresh(), folder.fresh()]
  const args = ['revoke', input, '--column', 'token', '--where', 'client_id=app-web', '-o', output, '-j', journal]
  const { code, stdout } = await run([...args, '--dry-run', '--rate', '2'], { env: env })
  expect(code).toBe(1)
  expect(stdout).toContain('Dry run: nothing was sent. 8 tokens would be revoked.')
  expect(stdout).toContain('2 left out by --where, 1 without anything in the token column')
  expect(stdout).toContain('1 rows should contain a token but do not.')
  expect(stdout).toContain('At 2 requests per second, that takes at least 4.0 s.')
  expect(active(tokens)).toHaveLength(10)
  expect(() => readFileSync(output)).toThrow('ENOENT')
  expect(() => readFileSync(journal)).toThrow('ENOENT')
  // With a journal of an earlier run, confirmed tokens are not counted.
  await run(args, { env: env })
  const again = await run([...args, '--dry-run', '--json'], { env: env })
  expect(JSON.parse(again.stdout)).toEqual({
    dryRun: true,
    tokens: 0,
    skipped: 8,
    filtered: 2,
    empty: 1,
    invalid: 1,
    clients: {},
  })
})
