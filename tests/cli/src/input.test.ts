import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { type CountingProvider, fingerprint, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 41)
})
afterAll(() => provider[Symbol.asyncDispose]())

test('tokens are read alone or from JSON, with CRLF, blank lines, a BOM and no line break at the end', async () => {
  const [a, b, c, d] = provider.take(4)
  const text = `\ufeff${a}\r\n\r\n  ${b}  \n{"token":"${c}","token_type_hint":"access_token","user":7}\n\n${d}`
  const output = folder.fresh()
  const { code, stdout, stderr } = await run(['revoke', '-o', output], { env: provider.env, input: text })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^4 tokens revoked, 0 not, in /)
  const active = await provider.activeTokens()
  for (const token of [a, b, c, d] as string[]) expect(active).not.toContain(fingerprint(token))
  expect(folder.ndjson(output).sort((x, y) => Number(x.line) - Number(y.line))).toMatchObject([
    { line: 1, token: fingerprint(a as string), state: 'accepted', revoked: true, status: 200, attempts: 1 },
    { line: 3 },
    { line: 4, tokenTypeHint: 'access_token' },
    { line: 6 },
  ])
})

test('an invalid line is a separate failure: the others are revoked, and no part of it is shown', async () => {
  const [a, b, c] = provider.take(3) as [string, string, string]
  const bad = [
    'Bearer secret-1',
    'alice,secret-2',
    '"secret-3"',
    '{"token":7}',
    '{"tok',
    'tökén-4',
    'x'.repeat(200_000),
  ]
  const lines = [a, ...bad, b, '{"token":"two words, which may be a token"}', Buffer.from([0xff, 0x41]), c]
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\n')]))
  const output = folder.fresh()
  const { code, stdout, stderr } = await run(['revoke', folder.file(bytes), '-o', output], { env: provider.env })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^4 tokens revoked, 8 not/)
  expect(stdout).toContain('Not revoked: invalid_line 8.')
  for (const line of [2, 3, 4, 5, 6, 7, 8, 11]) expect(stderr).toContain(`backend-logout: line ${line}: `)
  expect(stderr).not.toMatch(/secret-|tökén|xxx/)
  expect(folder.ndjson(output).filter(({ revoked }) => !revoked)).toHaveLength(8)
  for (const token of [a, b, c]) expect(provider.revocations.get(token)).toBe(1)
})

test('the heading of a column, an ID token and an invalid hint are not sent', async () => {
  const claims = Buffer.from(JSON.stringify({ aud: provider.env.AUTHING_APP_ID, nonce: 'n', sub: 'alice' })).toString(
    'base64url',
  )
  const [a] = provider.take(1) as [string]
  const input = `access_token\neyJhbGciOiJub25lIn0.${claims}.x\n{"token":"${a}","token_type_hint":"two words"}\n`
  const { code, stderr } = await run(['revoke'], { env: provider.env, input })
  expect(code).toBe(1)
  expect(stderr).toMatch(/line 1: The line is the heading/)
  expect(stderr).toMatch(/line 2: sha256:[0-9a-f]{16} is not revoked\. The token looks like an ID token/)
  expect(stderr).toMatch(/line 3: sha256:[0-9a-f]{16} is not revoked\. --token-type-hint must be a short name/)
  expect(provider.revocations.has(a)).toBe(false)
})

test('after three failures of a kind, the others are only counted', async () => {
  const { code, stdout, stderr } = await run(['revoke'], {
    env: provider.env,
    input: `${provider.take(1)}\n${'a b\n'.repeat(5_000)}`,
  })
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toHaveLength(4)
  expect(stderr).toContain(
    'further failures of a kind that was shown are only counted; use --output to list all of them',
  )
  expect(stdout).toContain('invalid_line 5,000')
})

test('an empty input is not a failure', async () => {
  for (const input of ['', '\n\n', '\ufeff']) {
    expect(await run(['revoke'], { env: provider.env, input })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 tokens revoked, 0 not/),
    })
  }
})

test.each([
  ['UTF-16', Buffer.from('\ufefftoken', 'utf16le'), /UTF-16 text; save it as UTF-8/],
  ['UTF-16 without a mark', Buffer.from('token', 'utf16le'), /UTF-16 text; save it as UTF-8/],
  ['gzip', gzipSync('token'), /compressed; use 'zcat/],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /compressed; use 'xzcat/],
  ['a spreadsheet', Buffer.from('PK\u0003\u0004'), /spreadsheet/],
])('%s is recognized, and nothing is sent', async (_what, bytes, message) => {
  const { code, stdout, stderr } = await run(['revoke', folder.file(bytes)], { env: provider.env })
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
})

test.each([
  [
    'a missing file',
    'no/such/file.txt',
    /The given file cannot be read: the file or folder does not exist\. Tokens are never taken from arguments/,
  ],
  ['a folder', '.', /is a folder/],
])('%s is wrong usage', async (_what, file, message) => {
  const { code, stdout, stderr } = await run(['revoke', file], { env: provider.env })
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
})

test.each([
  ['as the file', (token: string) => ['revoke', token]],
  ['as an option', (token: string) => ['revoke', `--token=${token}`]],
  ['as a further argument', (token: string) => ['revoke', 'tokens.txt', token]],
  ['as a command', (token: string) => [token]],
  ['as a number', (token: string) => ['revoke', '-c', token]],
])('a token given %s is refused and not repeated', async (_where, args) => {
  const [token] = provider.take(1) as [string]
  const { code, stdout, stderr } = await run(args(token), { env: provider.env })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^backend-logout: /)
  expect(stderr).not.toContain(token.slice(0, 15))
  expect(provider.revocations.has(token)).toBe(false)
})

test('a pipe from a shell is also read', async () => {
  const tokens = provider.take(5)
  const args = ['revoke', '/dev/fd/3', '--json']
  const { code, stdout } = await start(args, {
    env: provider.env,
    shell: `"$@" 3<<END\n${tokens.join('\n')}\nEND`,
  }).ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ revoked: 5, complete: true })
})
