import { createHash, generateKeyPairSync } from 'node:crypto'
import { appendFileSync, copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

function keys(type: 'ed25519' | 'ec' | 'rsa') {
  const pem = {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }
  const { publicKey, privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256', ...pem } as never)
      : generateKeyPairSync(type as never, { modulusLength: 2048, ...pem } as never)
  return { publicKey: folder.file(String(publicKey)), privateKey: folder.file(String(privateKey)) }
}

/** A leak, revoked with a report. */
async function reported(count: number, more: readonly string[] = []) {
  const tokens = await provider.issueTokens(count)
  const rows = tokens.map((token, at) => `u-${at},app-${at % 2},${token}`)
  const input = folder.file(`user_id,client_id,token\n${rows.join('\n')}\nu-x,app-0,not a token\n`)
  const report = `${folder.fresh()}.json`
  const args = ['revoke', input, '--column', 'token', '--where', 'client_id=app-0', '--keep', 'user_id']
  const ended = await run([...args, '--report', report, ...more], { env })
  const read = () => JSON.parse(readFileSync(report, 'utf8'))
  return { tokens, input, report, outcomes: report.replace('.json', '.outcomes.ndjson'), args, ended, read }
}

test('a report has the time, the user, the outcome of each token, and the files', async () => {
  const { tokens, input, report, outcomes, ended, read } = await reported(10)
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('The report and its file of outcomes are written.')
  const { revocation } = { revocation: `${provider.issuer}/token/revocation` }
  expect(read()).toEqual({
    report: 'backend-logout report 1',
    tool: { name: '@backend-logout/cli', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    application: env.AUTHING_APP_ID,
    provider: `${provider.appHost}/`,
    endpoints: [revocation],
    options: { verify: false, column: 'token', where: ['client_id=app-0'], keep: ['user_id'], concurrency: 32 },
    runs: [expect.stringMatching(/^\d{4}-.*Z$/)],
    endedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    complete: true,
    exitCode: 1,
    input: { name: input, bytes: statSync(input).size, sha256: sha256(input) },
    output: {
      name: outcomes.split('/').at(-1),
      bytes: statSync(outcomes).size,
      sha256: sha256(outcomes),
      lines: 6,
    },
    counts: { revoked: 5, unproven: 0, live: 0, unknown: 0, unsupported: 0, invalid: 1 },
    leftOut: { filtered: 5, empty: 0 },
  })
  expect(statSync(report).mode & 0o777).toBe(0o600)
  for (const token of tokens) {
    expect(readFileSync(report, 'utf8') + readFileSync(outcomes, 'utf8')).not.toContain(token)
  }
})

test('a report covers all runs over an input, including killed ones', async () => {
  const tokens = await provider.issueTokens(300)
  const input = folder.file(tokens.join('\n'))
  const report = `${folder.fresh()}.json`
  const outcomes = report.replace('.json', '.outcomes.ndjson')
  const args = ['revoke', input, '--report', report]
  const killed = start([...args, '--rate', '100', '--quiet'], { env })
  while (!existsSync(outcomes) || statSync(outcomes).size === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(existsSync(report)).toBe(false)
  expect(await run(args, { env })).toMatchObject({ code: 0 })
  const { counts, runs, complete } = JSON.parse(readFileSync(report, 'utf8'))
  expect({ counts, complete }).toMatchObject({ counts: { revoked: 300, live: 0, unknown: 0 }, complete: true })
  expect(runs).toHaveLength(2)
  expect(await run(['report', 'verify', report, '--input', input])).toMatchObject({ code: 0 })
  const piped = await run(['report', 'verify', report, '--input', '-'], { input: readFileSync(input) })
  expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining('input: standard input has the SHA-256') })
  // Nothing remains to be done: no request is sent, and the report still says where the earlier ones went.
  expect(await run(args, { env })).toMatchObject({ code: 0 })
  const last = JSON.parse(readFileSync(report, 'utf8'))
  expect(last.runs).toHaveLength(3)
  expect(last.endpoints).toEqual([`${provider.issuer}/token/revocation`])
})

test('an interrupted run leaves a report that it was interrupted', async () => {
  const input = folder.file((await provider.issueTokens(3_000)).join('\n'))
  const report = `${folder.fresh()}.json`
  const running = start(['revoke', input, '--report', report, '--rate', '50', '-c', '4'], { env })
  const outcomes = report.replace('.json', '.outcomes.ndjson')
  while (!existsSync(outcomes) || statSync(outcomes).size === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  running.child.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: 130 })
  expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ complete: false, exitCode: 130, leftOut: null })
  expect((await run(['report', 'verify', report])).stdout).toContain('the run was not complete')
  // The run has read the input up to some line.
  const { bytes } = JSON.parse(readFileSync(report, 'utf8')).input
  expect(bytes).toBeLessThan(statSync(input).size)
  const verified = await run(['report', 'verify', report, '--input', input])
  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ok {4} input: the first [\d,]+ bytes of .* the run has read$/m),
  })
  for (const text of [`x${readFileSync(input, 'utf8')}`, readFileSync(input, 'utf8').slice(0, bytes - 1)]) {
    const other = await run(['report', 'verify', report, '--input', folder.file(text)])
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('FAILED input') })
  }
})

test.each(['ed25519', 'ec', 'rsa'] as const)(
  'a report is signed with a key of type %s, and verified with its public key',
  async (type) => {
    const { privateKey, publicKey } = keys(type)
    const { report, input } = await reported(4, ['--sign-key', privateKey])
    for (const key of [publicKey, privateKey]) {
      const { code, stdout } = await run(['report', 'verify', report, '--key', key, '--input', input])
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^ok {4} signature: by the key [\w-]{43}\n/),
      })
    }
    const other = await run(['report', 'verify', report, '--key', keys(type).publicKey])
    expect(other).toMatchObject({ code: 1, stdout: expect.stringMatching(/^FAILED signature/) })
  },
)

test('any later change is detected', async () => {
  const { privateKey, publicKey } = keys('ed25519')
  const { report, outcomes, input } = await reported(6, ['--sign-key', privateKey])
  const verify = (...more: string[]) => run(['report', 'verify', report, '--key', publicKey, '--input', input, ...more])
  const restore = (path: string, change: () => void): (() => void) => {
    copyFileSync(path, `${path}.before`)
    change()
    return () => copyFileSync(`${path}.before`, path)
  }
  const changes: [string, RegExp, () => () => void][] = [
    ['a count', /FAILED signature/, () => restore(report, () => edit(report, '"revoked": 3', '"revoked": 4'))],
    ['the output', /FAILED output/, () => restore(outcomes, () => edit(outcomes, '"line":2', '"line":9'))],
    ['the input', /FAILED input/, () => restore(input, () => appendFileSync(input, 'u-9,app-0,more\n'))],
    [
      'the signature',
      /FAILED signature/,
      () => restore(`${report}.jws`, () => writeFileSync(`${report}.jws`, 'e30..AA')),
    ],
  ]
  for (const [what, message, change] of changes) {
    const undo = change()
    const { code, stdout } = await verify()
    expect({ what, code, stdout }).toEqual({ what, code: 1, stdout: expect.stringMatching(message) })
    undo()
  }
  expect(await verify()).toMatchObject({ code: 0 })
  const counted = restore(report, () => edit(report, '"revoked": 3', '"revoked": 4'))
  expect((await run(['report', 'verify', report])).stdout).toMatch(/FAILED counts: the output has 3 revoked/)
  counted()
})

function edit(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

const ODD: readonly unknown[] = [undefined, null, -1, 'a\0b', [null], { toString: 1 }]

/** A JSON value with each of its members, at any depth, replaced by odd ones. */
function* variantsOf(value: unknown): Generator<unknown> {
  yield* ODD
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    for (const variant of variantsOf(member)) {
      yield Array.isArray(value) ? (value as unknown[]).with(Number(name), variant) : { ...value, [name]: variant }
    }
  }
}

test('a damaged report is refused, and a member that no check needs may be anything', async () => {
  const { report, read } = await reported(4)
  const whole = read()
  const verify = async (value: unknown) => {
    writeFileSync(report, `${JSON.stringify(value)}\n`)
    return run(['report', 'verify', report])
  }
  for (const variant of variantsOf(whole)) {
    const { code, stdout, stderr } = await verify(variant)
    expect([0, 1, 2], `${JSON.stringify(variant)}\n${stdout}${stderr}`).toContain(code)
  }
  for (const damaged of [
    { counts: null },
    { counts: { ...whole.counts, revoked: undefined } },
    { runs: undefined },
    { runs: [] },
    { tool: undefined },
    { application: { toString: 1 } },
    { output: { ...whole.output, sha256: { toString: 1 } } },
  ]) {
    expect(await verify({ ...whole, ...damaged })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not a report of'),
    })
  }
  expect(await verify({ ...whole, options: null, leftOut: 7 })).toMatchObject({ code: 0 })
})

test.each([
  ['a file that is no report', ['--report', 'FILE'], /is not a report/],
  ['standard output for the outcomes', ['--report', 'NEW', '-o', '-'], /must not be standard output/],
  ['a key without a report', ['--sign-key', 'FILE'], /pass --report as well/],
  ['an invalid key', ['--report', 'NEW', '--sign-key', 'FILE'], /--sign-key cannot be used.*Ed25519/],
  ['a key whose halves do not match', ['--report', 'NEW', '--sign-key', 'MIXED'], /--sign-key cannot be used/],
  ['a key without its private half', ['--report', 'NEW', '--sign-key', 'HALF'], /--sign-key cannot be used/],
])('%s is refused before anything is sent', async (_what, args, message) => {
  const jwk = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const paths: Record<string, string> = {
    FILE: folder.file('canary-key'),
    MIXED: folder.file(JSON.stringify({ ...jwk(), d: jwk().d })),
    HALF: folder.file(JSON.stringify({ ...jwk(), d: '' })),
    NEW: folder.fresh(),
  }
  const [token] = await provider.issueTokens(1)
  const given = args.map((arg) => paths[arg] ?? arg)
  const { code, stderr } = await run(['revoke', folder.file(`${token}\n`), ...given], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  expect(stderr).not.toContain('canary')
  expect(await provider.isActive(token as string)).toBe(true)
})

test('a table that was first tried without its column can be tried again with it', async () => {
  const [token] = await provider.issueTokens(1)
  const args = ['revoke', folder.file(`id,token\n1,${token}\n`), '--report', `${folder.fresh()}.json`]
  expect(await run(args, { env })).toMatchObject({ code: 2 })
  expect(await run([...args, '--column', 'token'], { env })).toMatchObject({ code: 0 })
})
