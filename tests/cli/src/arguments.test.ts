import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Ended, run, start } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

// Arguments that people may type by mistake. None of them is a token that anyone issued.
const SECRETS = {
  'a JWT': 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl',
  'a refresh token of Google': '1//0gAbCdEfGhIjKlCgYIARAAGBASNwF-L9IrQwErTyUi',
  'base64 with slashes': 'q83v/EiM0+RWeJq8/e8SNFZ4kBI=',
  'nineteen characters': 'Zx8Yw7Vu6Ts5Rq4Po3N',
  'a key of the outbox': '2027-01:Jx0hZkq3V9yWm5oB8rTcU2eLfNpSdGaXiQvKzHwMnYs',
  'a word with quotes and blanks': `s3cret' (Did you mean p4ssw0rd?)'`,
  'a value that starts with dashes': '--AKIAIOSFODNN7EXAMPLE',
} as const

const folder = temporaryFolder()
const startFolder = process.cwd()
const provider = createServer((_request, response) => response.writeHead(400).end('{"error":"invalid_request"}'))
const env = {
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: 'secret-of-the-application',
  AUTHING_APP_HOST: '',
  OUTBOX_STORE: 'no-such-outbox',
}
beforeAll(async () => {
  process.chdir(folder.path)
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  env.AUTHING_APP_HOST = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(() => {
  process.chdir(startFolder)
  provider.close()
  provider.closeAllConnections()
})

/** Every command in the help. */
async function commandsOf(parent: readonly string[] = []): Promise<string[][]> {
  const { stdout } = await run([...parent, '--help'])
  const [, list = ''] = stdout.split('\nCommands:\n')
  const names = [...(list.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name as string)
  const commands = names.filter((name) => name !== 'help').map((name) => [...parent, name])
  const below = await Promise.all(commands.map(commandsOf))
  return commands.flatMap((command, index) => [command, ...(below[index] as string[][])])
}
const COMMANDS = await commandsOf()

// The value becomes part of the URL.
const INTENDED = new Set(['logout-url --state', 'logout-url --parameter'])

/** The options of a command that take a value, according to its help. */
async function optionsOf(command: readonly string[]): Promise<string[]> {
  const { stdout } = await run([...command, '--help'])
  return [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+) </gm)].map(([, name]) => name as string)
}

function expectHidden({ stdout, stderr }: Ended, secret: string, how: string): void {
  const shown = stdout + stderr
  for (let at = 0; at + 8 <= secret.length; at++) {
    // The emulator's help, and commander's quotations, contain some of these words.
    const part = secret.slice(at, at + 8)
    if (part.trim().length === 8 && !/Did you|d you me|you mean/.test(part)) expect(shown, how).not.toContain(part)
  }
}

test('every command is tried', () => {
  expect(COMMANDS.map((command) => command.join(' '))).toEqual(
    expect.arrayContaining(['revoke', 'outbox retry', 'report verify']),
  )
})

describe.each(Object.entries(SECRETS))('%s', (_what, secret) => {
  test.each(COMMANDS.map((command) => [command.join(' '), command] as const))(
    'as an argument of %s, it is not repeated',
    async (name, command) => {
      const ways = [
        [secret],
        ['tokens.txt', secret],
        [`--${secret}`],
        [`--token=${secret}`],
        [`-${secret}`],
        ['--', secret],
      ]
      for (const option of await optionsOf(command)) {
        if (!INTENDED.has(`${name} ${option}`)) ways.push([option, secret], [`${option}=${secret}`])
      }
      for (const way of ways) {
        const ended = await run([...command, ...way], { env })
        // A file that the command created because an argument named a missing one.
        expectHidden(ended, secret, `${name} ${way.join(' ')}`)
        // Ids that do not belong to dead letters are not a mistake of the command line.
        expect(ended.code, `${name} ${way.join(' ')}`).not.toBe(70)
        for (const created of readdirSync('.')) rmSync(created, { recursive: true })
      }
    },
  )

  test('as a command, it is not repeated', async () => {
    for (const args of [
      [secret],
      ['help', secret],
      [secret, '--help'],
      ['outbox', secret],
      ['outbox', 'help', secret],
    ]) {
      const ended = await run(args, { env })
      expectHidden(ended, secret, args.join(' '))
    }
  })

  test('from the environment, it is not repeated', async () => {
    const variables = [
      ...['AUTHING_APP_SECRET', 'AUTHING_APP_SECRET_FILE', 'AUTHING_APP_HOST', 'AUTHING_APP_ISSUER'],
      ...['AUTHING_APP_PROTOCOL', 'AUTHING_APP_CLIENT_AUTH', 'AUTHING_APP_REDIRECT_URI', 'HTTP_PROXY', 'HTTPS_PROXY'],
      ...['OUTBOX_STORE', 'OUTBOX_KEYS', 'OUTBOX_KEYS_FILE'],
    ]
    for (const variable of variables) {
      const changed: Record<string, string> = { ...env, [variable]: secret }
      if (variable === 'AUTHING_APP_SECRET_FILE') changed.AUTHING_APP_SECRET = ''
      // A usable key opens the store, and creating a folder takes seconds.
      if (variable === 'OUTBOX_KEYS') changed.OUTBOX_STORE = inject('databases').arguments
      if (variable === 'AUTHING_APP_ISSUER') changed.AUTHING_APP_HOST = ''
      for (const command of [
        ['revoke'],
        ['doctor'],
        ['introspect'],
        ['logout-url'],
        ['outbox', 'add'],
        ['outbox', 'dead'],
      ]) {
        const ended = await run(command, { env: changed, input: 'token-1' })
        expectHidden(ended, secret, `${variable} ${command.join(' ')}`)
      }
    }
  })
})

test.each([
  ['--journal', 'Run the same command again'],
  ['--output', 'in the output'],
])(
  'a token that became the name of a new file with %s is not repeated by the run that created it',
  async (option, said) => {
    const secret = SECRETS['nineteen characters']
    const ended = await run(['revoke', option, secret], { env, input: 'a-token\n'.repeat(9) })
    expect(ended.code).toBe(1)
    expect(ended.stdout + ended.stderr).toContain(said)
    expectHidden(ended, secret, option)
    for (const created of readdirSync('.')) rmSync(created)
  },
)

test.each([
  'postgres://me:s3cretpassw0rd@localhost/db',
  'postgres://localhost/db?password=s3cretpassw0rd',
  'postgres://localhost/db?sslpassword=s3cretpassw0rd',
  'postgres://localhost/db?pass%77ord=s3cretpassw0rd',
  'postgres://me%3As3cretpassw0rd@localhost/db',
  'host=localhost password=s3cretpassw0rd',
])('a password in --store is refused with a remedy, and not repeated: %s', async (store) => {
  for (const command of ['add', 'work', 'stats', 'dead', 'retry']) {
    const ended = await run(['outbox', command, '--store', store, ...(command === 'retry' ? ['--all'] : [])], { env })
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('OUTBOX_STORE instead') })
    expectHidden(ended, 's3cretpassw0rd', store)
  }
})

test('a password in a variable is not repeated if the database or the proxy cannot be reached', async () => {
  const keys = (await run(['outbox', 'key'])).stdout
  const store = 'postgres://me:s3cretpassw0rd@127.0.0.1:1/db?sslpassword=s3cretpassw0rd'
  const outbox = await run(['outbox', 'stats'], { env: { ...env, OUTBOX_STORE: store, OUTBOX_KEYS: keys } })
  expect(outbox).toMatchObject({ code: 4, stderr: expect.stringContaining('ECONNREFUSED') })
  expectHidden(outbox, 's3cretpassw0rd', store)

  const proxy = 'http://me:s3cretpassw0rd@127.0.0.1:1'
  const proxied = { ...env, AUTHING_APP_HOST: 'https://example.genauth.ai', HTTPS_PROXY: proxy }
  for (const command of ['revoke', 'introspect', 'doctor']) {
    const ended = await run([command, ...(command === 'doctor' ? [] : ['-'])], { env: proxied, input: 'token-1' })
    expect(ended.code).not.toBe(0)
    expectHidden(ended, 's3cretpassw0rd', command)
  }
})

test('a key with the name of a secret is not printed', async () => {
  for (const name of Object.values(SECRETS)) {
    expect(await run(['outbox', 'key', '--', name])).toMatchObject({ code: 2, stdout: '' })
  }
})

test('a user in another encoding than UTF-8 is refused: the bytes of the argument are lost', async () => {
  const args = ['revoke-user', '--iss', 'https://id.example.com', '--sub']
  const shell = `"$@" "$(printf '\\325\\305\\310\\375')"`
  const ended = await start(args, { env: { REVOCATIONS_STORE: folder.path }, shell }).ended
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Argument 5 is not UTF-8 text') })
})

test.each([
  ['revoke', '--rate', '5', '--rate', '6'],
  ['revoke', '-o', 'a', '--output=a'],
  ['revoke-user', '--iss', 'https://id.example.com', '--sub', 'alice', '--sub', 'bob'],
])('%s refuses an option that is passed twice: %s', async (...args) => {
  const ended = await run(args, { env })
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/--\w+ must not be passed more/) })
})

test.each([
  ['revoke', '--dry-run', '-q', '--quiet'],
  ['revoke', '--dry-run', '--json', '--json'],
])('%s accepts a flag that is passed twice: it has no value to lose', async (...args) => {
  expect(await run(args, { env, input: 't1\n' })).toMatchObject({ code: 0, stderr: '' })
})

test('options that add up can be passed several times', async () => {
  const args = [
    'revoke',
    '--dry-run',
    '--column',
    'token',
    '--where',
    'a=1',
    '--where',
    'a=2',
    '--keep',
    'a',
    '--keep',
    'b',
  ]
  const ended = await run(args, { env, input: 'a,b,token\n1,x,t1\n2,x,t2\n3,x,t3\n' })
  expect(ended.code).toBe(0)
})
