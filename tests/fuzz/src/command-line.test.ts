import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { leakDetector, makeCanaries } from '@backend-logout/tests-faults/canaries'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../../../packages/cli/src/program.ts'
import { createTerminal } from '../../../packages/cli/src/terminal/terminal.ts'
import { run } from './campaign.ts'

interface Input {
  readonly args: readonly string[]
  readonly stdin: readonly Chunk[]
  /** The content of the files that arguments may name, by name. */
  readonly files: Readonly<Record<string, Chunk>>
  readonly env: Readonly<Record<string, string>>
}

/** Bytes as base64, or a text. */
type Chunk = string | { readonly base64: string }

// Each shape of a secret that someone might paste instead of a word.
const { appSecret, accessToken, refreshToken, idToken } = makeCanaries()
const SECRETS = {
  appSecret: `1//0g${appSecret.replaceAll(/\W/g, '')}-x_y`,
  accessToken: accessToken.replaceAll(/[^\w+/]/g, ''),
  refreshToken: refreshToken.replaceAll(/\W/g, '').slice(0, 19),
  idToken: `eyJ${idToken}`,
}
const leaksIn = leakDetector(SECRETS)
const secret = fc.constantFrom(...Object.values(SECRETS))

const oneOf = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const FILES = ['tokens.txt', 'tokens.journal', 'keys', 'out.ndjson', 'folder'] as const
const word = fc.oneof(
  { weight: 4, arbitrary: secret },
  { weight: 4, arbitrary: oneOf(...FILES, '-', 'missing', '.', '..', '/', '/dev/null', '') },
  { weight: 2, arbitrary: oneOf('0', '1', '32', '-1', '1e9', '99999999999999999999', 'NaN', '0x10', '1.5', ' 1', '١') },
  {
    weight: 2,
    arbitrary: oneOf(
      'access_token',
      'refresh_token',
      'cas',
      'oidc',
      'generic',
      'all',
      '2026-01-01',
      '30d',
      'https://a:99999',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0')) },
  {
    weight: 1,
    arbitrary: oneOf(
      '\u001b[2K',
      '\r\nrevoked',
      '\u202e',
      '--',
      '-',
      '---',
      '-x',
      '--=',
      '-=',
      '@file',
      '$(id)',
      '%s%n',
    ),
  },
  { weight: 1, arbitrary: secret.map((value) => `postgres://user:${value}@127.0.0.1:9/db?sslpassword=${value}`) },
)
const OPTIONS = [
  ...[
    '--output',
    '--journal',
    '--concurrency',
    '--token-type-hint',
    '--verify',
    '--quiet',
    '--json',
    '--secret-file',
    '--ca-file',
  ],
  ...[
    '--cert-file',
    '--key-file',
    '--store',
    '--keys-file',
    '--expires-at',
    '--until-empty',
    '--all',
    '--port',
    '--app',
    '--help',
  ],
  ...[
    '--state',
    '--redirect-uri',
    '--kind',
    '--id-token-file',
    '--version',
    '-o',
    '-j',
    '-c',
    '-q',
    '-V',
    '-h',
    '--unknown',
  ],
]
const option = fc.oneof(
  oneOf(...OPTIONS).map((name) => [name]),
  fc.tuple(oneOf(...OPTIONS), word).map(([name, value]) => [name, value]),
  fc.tuple(oneOf(...OPTIONS), word).map(([name, value]) => [`${name}=${value}`]),
  word.map((value) => [value]),
)
const command = fc.oneof(
  { weight: 8, arbitrary: oneOf('revoke', 'revoke', 'introspect', 'logout-url', 'doctor').map((name) => [name]) },
  {
    weight: 3,
    arbitrary: oneOf('add', 'work', 'stats', 'dead', 'retry', 'key', 'help').map((name) => ['outbox', name]),
  },
  // A command with too many arguments does not start.
  { weight: 1, arbitrary: secret.map((value) => ['emulator', value, value]) },
  { weight: 1, arbitrary: oneOf('help', 'revok', '').map((name) => [name]) },
)
const args = fc.tuple(command, fc.array(option, { maxLength: 4 })).map(([first, rest]) => [...first, ...rest.flat()])

const line = fc.oneof(
  { weight: 4, arbitrary: secret },
  {
    weight: 2,
    arbitrary: fc
      .tuple(secret, fc.jsonValue({ maxDepth: 1 }))
      .map(([token, hint]) => JSON.stringify({ token, token_type_hint: hint })),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: secret.map((value) => `{"token":"${value}`) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 300_000 }).map((length) => 'x'.repeat(length)) },
  {
    weight: 1,
    arbitrary: oneOf('', ' ', '\ufeff', '\u001b[2K', '{"token":', '[', '{"token":null}', '"', 'a b', 'token,hint'),
  },
)
const lines = fc
  .tuple(fc.array(line, { maxLength: 8 }), oneOf('\n', '\r\n', '\r', '\n\n'), fc.boolean())
  .map(([all, end, last]) => all.join(end) + (last ? end : ''))
const bytes = fc.uint8Array({ maxLength: 300 }).map((all) => ({ base64: Buffer.from(all).toString('base64') }))
const chunk: fc.Arbitrary<Chunk> = fc.oneof(
  { weight: 6, arbitrary: lines },
  { weight: 2, arbitrary: bytes },
  { weight: 1, arbitrary: oneOf('\u001f\ufffd', 'PK\u0003\u0004', '\ufeff', `key:${'A'.repeat(43)}`) },
)
const bytesOf = (given: Chunk): Buffer =>
  typeof given === 'string' ? Buffer.from(given) : Buffer.from(given.base64, 'base64')

let provider: Server
let folder: string
const home = process.cwd()

beforeAll(async () => {
  provider = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json').end('{"active":false}')
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  folder = mkdtempSync(join(tmpdir(), 'backend-logout-fuzz-'))
  // Arguments are names in the folder in which the program runs.
  process.chdir(folder)
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
  provider.closeAllConnections()
  provider.close()
})

test('command-line', () =>
  run<Input>({
    name: 'command-line',
    inputs: fc.record({
      args,
      stdin: fc.array(chunk, { maxLength: 3 }),
      files: fc.dictionary(oneOf(...FILES.slice(0, 4)), chunk, { maxKeys: 4 }),
      env: fc.dictionary(
        oneOf(
          'AUTHING_APP_HOST',
          'AUTHING_APP_CLIENT_AUTH',
          'AUTHING_APP_PROTOCOL',
          'OUTBOX_KEYS',
          'HTTPS_PROXY',
          'COLUMNS',
        ),
        word.filter((value) => value !== SECRETS.refreshToken),
        { maxKeys: 1 },
      ),
    }),
    known: [
      // A journal's name that is a token: once the journal existed, the summary repeated its name.
      { args: ['revoke', '-j', SECRETS.refreshToken], stdin: [{ base64: 'AA==' }], files: {}, env: {} },
      { args: ['revoke', '-o', SECRETS.refreshToken], stdin: ['\ufffd\n'.repeat(20)], files: {}, env: {} },
      { args: ['outbox', 'key', '-o', SECRETS.refreshToken], stdin: [], files: {}, env: {} },
      { args: ['logout-url', '--state', SECRETS.appSecret], stdin: [], files: {}, env: {} },
    ],
    limitMs: 15_000,
    async send(input) {
      for (const name of readdirSync('.')) rmSync(name, { recursive: true, force: true })
      for (const [name, content] of Object.entries(input.files)) writeFileSync(name, bytesOf(content), { mode: 0o600 })
      const shown: string[] = []
      const reported: string[] = []
      const screen = (...kept: string[][]): PassThrough => {
        const stream = new PassThrough()
        stream.setEncoding('utf8').on('data', (text: string) => {
          for (const texts of kept) texts.push(text)
        })
        return stream
      }
      const { port } = provider.address() as AddressInfo
      const env = {
        AUTHING_APP_ID: 'app',
        AUTHING_APP_SECRET: 'a secret',
        AUTHING_APP_HOST: `http://127.0.0.1:${port}`,
        ...input.env,
      }
      const stdin = Readable.from(input.stdin.map(bytesOf).filter((content) => content.length > 0))
      const terminal = createTerminal({ env, stdin, stdout: screen(shown), stderr: screen(shown, reported) })
      const code = await runProgram(input.args, terminal)
      const text = shown.join('')
      expect([0, 1, 2, 3, 4], text).toContain(code)
      // The URL contains what it is asked to contain.
      const printsUrl = input.args[0] === 'logout-url' && code === 0
      expect(leaksIn(printsUrl ? reported.join('') : text)).toEqual([])
      expect(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.exec(text)?.[0]).toBeUndefined()
      const quiet = input.args.some((argument) => /^(?:-\w*q|--quiet)/.test(argument))
      if (code !== 0 && !quiet) expect(text).not.toBe('')
    },
  }))
