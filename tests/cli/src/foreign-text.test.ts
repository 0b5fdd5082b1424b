import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { query } from '@backend-logout/tests-outbox/postgres-server'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Ended, run } from './command-line.ts'
import { HOSTILE, type HostileProvider, startHostileProvider } from './hostile-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: HostileProvider
let env: Record<string, string>
beforeAll(async () => {
  provider = await startHostileProvider()
  const { stdout } = await run(['outbox', 'key', 'first'])
  env = {
    AUTHING_APP_ID: 'app',
    AUTHING_APP_SECRET: 'a-secret-of-the-application',
    AUTHING_APP_HOST: provider.url,
    OUTBOX_STORE: inject('databases').foreign_text,
    OUTBOX_KEYS: stdout,
  }
})
afterAll(() => provider[Symbol.asyncDispose]())

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/** Nothing may control a terminal or hide, and no line may be one that the other side forged. */
function expectTame(text: string, where: string): void {
  for (const line of text.split('\n')) {
    expect(UNSEEN.exec(line)?.[0].codePointAt(0)?.toString(16), `${where}: ${JSON.stringify(line)}`).toBeUndefined()
    expect(line, where).not.toMatch(/^\s*forged:/)
  }
}

function expectAllTame({ code, stdout, stderr }: Ended, where: string): void {
  expectTame(stdout, `${where}, standard output`)
  expectTame(stderr, `${where}, standard error`)
  expect(code, `${where}: ${stderr}`).not.toBe(70)
}

const session = JSON.stringify({ access_token: 'an-access-token-1', refresh_token: 'a-refresh-token-1' })

test.each(['refuses', 'accepts', 'answers text', 'lies about its name'] as const)(
  'hostile text does not reach the terminal if a provider %s with it',
  async (mode) => {
    provider.mode = mode
    const byIssuer = { ...env, AUTHING_APP_HOST: '', AUTHING_APP_ISSUER: provider.url }
    const output = folder.fresh()
    const commands: [args: string[], input: string][] = [
      [['revoke'], 'token-1\ntoken-2\n'],
      [['revoke', '--json', '-o', output], 'token-1'],
      [['revoke', '-o', '-'], 'token-1'],
      [['introspect'], 'token-1'],
      [['introspect', '--json'], 'token-1'],
      [['doctor'], ''],
      [['doctor', '--json'], ''],
      [['doctor', '-'], session],
      [['logout-url'], ''],
      [['logout-url', '--json'], ''],
      [['outbox', 'add'], 'token-1'],
      // Failures that may be temporary are retried, which takes time and shows nothing new.
      ...(mode === 'refuses'
        ? ([
            [['revoke', '--verify'], 'token-1'],
            [['outbox', 'work', '--until-empty'], ''],
          ] as [string[], string][])
        : []),
      [['outbox', 'stats'], ''],
      [['outbox', 'dead'], ''],
      [['outbox', 'dead', '--json'], ''],
    ]
    let shown = ''
    for (const settings of [env, byIssuer]) {
      for (const [args, input] of commands) {
        const where = `${args.join(' ')} of ${settings === env ? 'a host' : 'an issuer'}`
        const ended = await run(args, { env: settings, input })
        expectAllTame(ended, where)
        if (args.includes('--json') && ended.stdout) {
          // Still JSON, with the same text behind it.
          for (const json of args.includes('dead') ? ended.stdout.trim().split('\n') : [ended.stdout]) JSON.parse(json)
        }
        shown += ended.stdout + ended.stderr
      }
      expectTame(readFileSync(output, 'utf8'), 'the output')
      for (const line of readFileSync(output, 'utf8').trim().split('\n')) JSON.parse(line)
    }
    // The text is present: its absence would prove nothing.
    if (mode !== 'answers text') expect(shown).toMatch(/MARK-[13]/)
  },
)

test('JSON is printed with visible characters, and keeps its meaning', async () => {
  provider.mode = 'accepts'
  const { stdout } = await run(['introspect', '--json'], { env, input: 'token-1' })
  expect(JSON.parse(stdout)).toMatchObject({ active: true, sub: HOSTILE, [HOSTILE]: HOSTILE })
})

test('on a terminal, hostile text neither moves the cursor nor creates a line', async () => {
  for (const mode of ['refuses', 'accepts', 'lies about its name'] as const) {
    provider.mode = mode
    for (const args of [['doctor'], ['introspect']]) {
      expectAllTame(await run(args, { env, input: 'token-1', isTTY: true }), args.join(' '))
    }
    // The bar uses escape sequences; those of the provider are different.
    const { stdout, stderr } = await run(['revoke'], { env, input: 'token-1\n'.repeat(20), isTTY: true })
    expect(stdout + stderr).not.toMatch(
      new RegExp(['\u001b\\[31m', '\u001b\\]', '\u009b', '\u202e', '\u200b'].join('|')),
    )
    expect(stdout + stderr).not.toMatch(/^forged:/m)
  }
})

test('rows that someone else wrote to a database are shown, and stop nothing', async () => {
  const database = inject('databases').foreign_text
  provider.mode = 'refuses'
  await run(['outbox', 'add'], { env, input: 'token-1\ntoken-2\ntoken-3\ntoken-4\ntoken-5\ntoken-6\n' })
  await run(['outbox', 'work', '--until-empty'], { env })
  const dead = await query<{ id: string; name: string; data: Record<string, unknown> }>(
    database,
    "SELECT id, name, data FROM backend_logout.job WHERE name LIKE '%dead%' AND data IS NOT NULL ORDER BY created_on",
  )
  expect(dead.length).toBeGreaterThan(5)
  // Postgres does not store the character 0.
  const header = Buffer.from(
    JSON.stringify({
      alg: 'dir',
      enc: 'A256GCM',
      kid: HOSTILE,
      at: 1,
      tokens: [
        [HOSTILE, HOSTILE, 1],
        [HOSTILE, 7, HOSTILE],
      ],
    }),
  ).toString('base64url')
  const alien = [
    null,
    7,
    [HOSTILE],
    { reason: { code: HOSTILE, status: HOSTILE, providerError: HOSTILE }, attempts: HOSTILE },
    {
      jwe: `${header}....`,
      reason: { code: HOSTILE, providerError: { [HOSTILE]: HOSTILE } },
      attempts: { a: HOSTILE },
    },
    { jwe: HOSTILE, reason: HOSTILE },
  ]
  for (const [at, data] of alien.entries()) {
    await query(database, 'UPDATE backend_logout.job SET data = $1 WHERE id = $2', [JSON.stringify(data), dead[at]?.id])
  }
  for (const args of [
    ['dead'],
    ['dead', '--json'],
    ['stats'],
    ['stats', '--json'],
    ['retry', '--all'],
    ['work', '--until-empty'],
    ['dead'],
  ]) {
    const ended = await run(['outbox', ...args], { env })
    expectAllTame(ended, args.join(' '))
    expect([0, 1], `${args.join(' ')}: ${ended.stderr}`).toContain(ended.code)
  }
})

test('the owner that a journal names is shown in one line', async () => {
  for (const [app, host] of [
    [HOSTILE, provider.url],
    ['app', `${provider.url}/${HOSTILE}`],
  ]) {
    const header = { journal: 'backend-logout revoke 1', provider: host, app, verify: false }
    const journal = folder.file(`${JSON.stringify(header)}\n`)
    const ended = await run(['revoke', '-j', journal], { env, input: 'token-1' })
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('belongs to application') })
    expectAllTame(ended, 'revoke with a foreign journal')
  }
})

test('file names are shown in one line', async () => {
  provider.mode = 'accepts'
  const name = HOSTILE.replaceAll('/', '')
  const hostile = join(folder.path, name)
  writeFileSync(hostile, 'two words\n')
  mkdirSync(`${hostile}-folder`)
  const commands = [
    ['revoke', hostile],
    ['revoke', `${hostile}-folder`],
    ['revoke', '-j', hostile],
    ['revoke', '-j', `${hostile}-journal`],
    ['revoke', '-j', `${hostile}-journal`],
    ['revoke', '-o', `${hostile}-output`],
    ['introspect', hostile],
    ['doctor', hostile],
    ['introspect', '--secret-file', `${hostile}-folder`],
    ['introspect', '--cert-file', hostile, '--key-file', hostile],
    ['outbox', 'dead', '--store', hostile],
    ['outbox', 'add', '--keys-file', hostile],
    ['outbox', 'key', '-o', hostile],
    ['emulator', '--issue-tokens', '1', '--tokens-file', hostile],
  ]
  for (const args of commands) expectAllTame(await run(args, { env, input: 'token-1' }), args.join(' '))
})

test('the environment and the lines of an input are shown in one line', async () => {
  provider.mode = 'refuses'
  const text = HOSTILE.replaceAll('\0', '')
  for (const variable of ['AUTHING_APP_ID', 'AUTHING_APP_HOST', 'AUTHING_APP_PROTOCOL', 'HTTP_PROXY', 'OUTBOX_STORE']) {
    const changed = { ...env, [variable]: variable === 'AUTHING_APP_HOST' ? `${provider.url}/${text}` : text }
    for (const command of [['revoke'], ['doctor'], ['doctor', '--json'], ['introspect'], ['outbox', 'stats']]) {
      expectAllTame(await run(command, { env: changed, input: 'token-1' }), `${variable} ${command.join(' ')}`)
    }
  }
  const lines = [
    text,
    JSON.stringify({ token: text }),
    JSON.stringify({ token: 'a', token_type_hint: text }),
    `{"token":${text}`,
  ]
  for (const command of [['revoke'], ['revoke', '-o', '-'], ['introspect'], ['outbox', 'add'], ['doctor', '-']]) {
    for (const line of [...lines, lines.join('\n')]) {
      expectAllTame(
        await run(command, { env, input: line }),
        `${command.join(' ')} of ${JSON.stringify(line).slice(0, 40)}`,
      )
    }
  }
})

test('the same holds for an error with its stack', async () => {
  const debug = { ...env, BACKEND_LOGOUT_DEBUG: '1', AUTHING_APP_ID: '' }
  expectAllTame(await run(['introspect'], { env: debug, input: 'token-1' }), 'a stack')
  provider.mode = 'refuses'
  const ended = await run(['introspect'], { env: { ...env, BACKEND_LOGOUT_DEBUG: '1' }, input: 'token-1' })
  expectAllTame(ended, 'a stack with the words of the provider')
  expect(ended.stderr).toMatch(/\n {4}at /)
})
