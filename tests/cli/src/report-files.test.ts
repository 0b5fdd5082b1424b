import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

const revoke = (args: readonly string[], more = {}) => run(['revoke', ...args], { env: { ...env, ...more } })
const read = (report: string) => JSON.parse(readFileSync(report, 'utf8'))

/** A table, so that columns and conditions can differ. */
async function table(): Promise<string> {
  const tokens = await provider.issueTokens(4)
  return folder.file(`c,other,token\n${tokens.map((token, at) => `c${at % 2},${token}-x,${token}`).join('\n')}\n`)
}

interface FinishedRun {
  readonly journal: string
  readonly output: string
  readonly args: string[]
  readonly settings: Record<string, string>
}

/** The changes to a finished run, after which it is refused. */
const CHANGES: [what: string, change: (run: FinishedRun) => void][] = [
  ['another application', ({ settings }) => Object.assign(settings, { AUTHING_APP_ID: 'other' })],
  ['another column', ({ args }) => args.splice(args.indexOf('token'), 1, 'other')],
  ['other conditions', ({ args }) => args.push('--where', 'c=c0')],
  ['--verify', ({ args }) => args.push('--verify')],
  ['a damaged journal', ({ journal }) => writeFileSync(journal, 'my notes\n')],
  ['a missing key', ({ journal }) => rmSync(`${journal}.key`)],
  ['another file as the key', ({ journal }) => writeFileSync(`${journal}.key`, 'my notes\n')],
  ['other lines in the output', ({ output }) => writeFileSync(output, 'x\n')],
  ['lines behind the output', ({ output }) => appendFileSync(output, 'x\n')],
  ['a missing output', ({ output }) => rmSync(output)],
]

test.each(CHANGES)('the refusal of %s says which files to name, and then the run works', async (_what, change) => {
  const report = `${folder.fresh()}.json`
  const [journal, output] = ['.journal', '.outcomes.ndjson'].map((end) => report.replace('.json', end))
  const args = [await table(), '--column', 'token']
  expect(await revoke([...args, '--report', report])).toMatchObject({ code: 0 })
  const settings = {}
  change({ journal: `${journal}`, output: `${output}`, args, settings })
  const { code, stderr } = await revoke([...args, '--report', report], settings)
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/(?:[nN]ame|or) another file for --report\b(?!,| and)/),
  })
  const other = await revoke([...args, '--report', `${folder.fresh()}.json`], settings)
  expect(other.code, other.stderr).not.toBe(2)
})

test.each([
  ['the journal was named as well', ['--journal'], /name other files for --report and --journal/i],
  ['all of them were named', ['--output', '--journal'], /name other files for --report, --output and --journal/i],
])('when %s, so does the refusal', async (_what, options, advice) => {
  const named = ['--report', ...options].flatMap((option) => [option, folder.fresh()])
  const args = [await table(), '--column', 'token', ...named]
  expect(await revoke(args)).toMatchObject({ code: 0 })
  expect(await revoke([...args, '--verify'])).toMatchObject({ code: 2, stderr: expect.stringMatching(advice) })
})

test.each([
  ['was renamed', (report: string) => renameSync(report, `${report}.old`)],
  ['could not be written', (report: string) => rmSync(report)],
])('a report has the addresses of earlier runs, if theirs %s', async (_how, lose) => {
  const [report, input] = [`${folder.fresh()}.json`, await table()]
  const args = [input, '--column', 'token', '--report', report]
  await revoke(args)
  lose(report)
  expect(await revoke(args)).toMatchObject({ code: 0 })
  expect(read(report)).toMatchObject({ endpoints: [`${provider.issuer}/token/revocation`] })
})

test('a report has the addresses of earlier runs without a report', async () => {
  const [report, journal, output] = [folder.fresh(), folder.fresh(), folder.fresh()]
  const args = [await table(), '--column', 'token', '-j', journal, '-o', output]
  await revoke(args)
  expect(await revoke([...args, '--report', report])).toMatchObject({ code: 0 })
  expect(read(report)).toMatchObject({ endpoints: [`${provider.issuer}/token/revocation`] })
})

test.each([
  ['a folder', (path: string) => void mkdirSync(path)],
  ['another file', (path: string) => writeFileSync(path, 'my notes\n')],
])('%s in the place of the signature is found before anything is sent', async (_what, occupy) => {
  const { privateKey } = (await import('node:crypto')).generateKeyPairSync('ed25519')
  const key = folder.file(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const report = folder.fresh()
  const args = [await table(), '--column', 'token', '--report', report, '--sign-key', key]
  occupy(`${report}.jws`)
  provider.reset()
  for (const more of [['--dry-run'], []]) {
    const { code, stderr } = await revoke([...args, ...more])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is not the signature of a report') })
  }
  expect(provider.requests).toEqual([])
  expect(existsSync(report)).toBe(false)
  rmSync(`${report}.jws`, { recursive: true })
  // A signature is replaced.
  for (let times = 0; times < 2; times++) expect(await revoke(args)).toMatchObject({ code: 0 })
})

test.each([
  ['on one line', (text: string) => JSON.stringify(JSON.parse(text))],
  ['with the line breaks of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
  ['with a byte order mark', (text: string) => `\ufeff${text}`],
])('a report that another program has written again, %s, is still one', async (_how, format) => {
  const report = folder.fresh()
  const args = [await table(), '--column', 'token', '--report', report]
  await revoke(args)
  writeFileSync(report, format(readFileSync(report, 'utf8')))
  expect(await revoke(args)).toMatchObject({ code: 0 })
  expect(read(report).runs).toHaveLength(2)
})
