import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run, start } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

test.each([
  ['deleted', (path: string) => rmSync(path)],
  ['emptied', (path: string) => truncateSync(path)],
  ['cut in half', (path: string) => truncateSync(path, statSync(path).size >> 1)],
])('a report whose outcomes were %s is not written again', async (_how, damage) => {
  const report = `${folder.fresh()}.json`
  const outcomes = report.replace('.json', '.outcomes.ndjson')
  const args = ['revoke', folder.file((await provider.issueTokens(6)).join('\n')), '--report', report]
  await run(args, { env })
  const before = readFileSync(report, 'utf8')
  damage(outcomes)
  provider.reset()
  const { code, stderr } = await run(args, { env })
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/no longer has all outcomes.*Nothing was sent/),
  })
  expect(provider.requests).toEqual([])
  expect(readFileSync(report, 'utf8')).toBe(before)
})

test('a report over a journal without outcomes is refused', async () => {
  const [journal, input] = [folder.fresh(), folder.file((await provider.issueTokens(3)).join('\n'))]
  await run(['revoke', input, '-j', journal], { env })
  const { code, stderr } = await run(['revoke', input, '-j', journal, '--report', folder.fresh()], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('no longer has all outcomes') })
})

test.each([
  ['without other options', []],
  ['with another journal', ['-j', folder.fresh()]],
  ['with another journal and output', ['-j', folder.fresh(), '-o', folder.fresh()]],
])('a run over another input leaves the report of the first one, %s', async (_how, more) => {
  const [first, second] = [await provider.issueTokens(3), await provider.issueTokens(3)].map((tokens) =>
    folder.file(tokens.join('\n')),
  ) as [string, string]
  const report = `${folder.fresh()}.json`
  await run(['revoke', first, '--report', report], { env })
  provider.reset()
  // The second time, the journal must not own what it did not own before.
  for (let times = 0; times < 2; times++) {
    const { code, stderr } = await run(['revoke', second, '--report', report, ...more], { env })
    const advice =
      more.length > 0 ? /name other files for --report(?:, --output)? and --journal/ : /name another file for --report /
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(advice) })
  }
  expect(provider.requests).toEqual([])
  expect(await run(['report', 'verify', report, '--input', first], { env })).toMatchObject({ code: 0 })
  // The journal of a run without a report does not own it either.
  const journal = folder.fresh()
  await run(['revoke', second, '-j', journal, '-o', `${journal}.ndjson`], { env })
  const late = await run(['revoke', second, '-j', journal, '-o', `${journal}.ndjson`, '--report', report], { env })
  expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining('is the report of other runs') })
})

test('the outcomes of a report that is lost are not overwritten', async () => {
  const report = `${folder.fresh()}.json`
  const args = ['revoke', folder.file((await provider.issueTokens(3)).join('\n')), '--report', report]
  await run(args, { env })
  rmSync(report)
  for (let times = 0; times < 2; times++) {
    const { code, stderr } = await run([...args, '-j', folder.fresh()], { env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('has the outcomes of other runs') })
  }
  expect(await run(args, { env })).toMatchObject({ code: 0 })
})

test('the report of a second run keeps the start of the first, and the addresses of its requests', async () => {
  const report = `${folder.fresh()}.json`
  const args = ['revoke', folder.file((await provider.issueTokens(3)).join('\n')), '--report', report]
  const reported = async () => {
    expect(await run(args, { env })).toMatchObject({ code: 0 })
    return JSON.parse(readFileSync(report, 'utf8'))
  }
  const first = await reported()
  const second = await reported()
  expect(first.endpoints).toHaveLength(1)
  expect(second).toMatchObject({ runs: [first.runs[0], expect.any(String)], endpoints: first.endpoints })
})

test('a report is about the same conditions in all runs, in any order', async () => {
  const input = folder.file(
    `c,token\n${(await provider.issueTokens(4)).map((token, at) => `c${at % 2},${token}`).join('\n')}\n`,
  )
  const report = folder.fresh()
  const args = ['revoke', input, '--column', 'token', '--report', report]
  expect(await run([...args, '--where', 'c=c0', '--where', 'c=c2'], { env })).toMatchObject({ code: 0 })
  const { code, stderr } = await run([...args, '--where', 'c=c1'], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('other conditions in --where') })
  expect(await run([...args, '--where', 'c=c2', '--where', 'c=c0'], { env })).toMatchObject({ code: 0 })
})

test('a folder in which no report can be written is found before anything is sent', async () => {
  provider.reset()
  const args = [
    'revoke',
    folder.file((await provider.issueTokens(1)).join()),
    '-o',
    folder.fresh(),
    '-j',
    folder.fresh(),
  ]
  const { code, stderr } = await run([...args, '--report', `${folder.path}/missing/report.json`], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('The report cannot be used') })
  expect(provider.requests).toEqual([])
})

test('an output that is emptied during the run gives no report', async () => {
  const input = folder.file((await provider.issueTokens(200)).join('\n'))
  const [report, output] = [folder.fresh(), folder.fresh()]
  const running = start(['revoke', input, '--report', report, '-o', output, '--rate', '100'], { env })
  await expect
    .poll(() => statSync(output, { throwIfNoEntry: false })?.size ?? 0, { interval: 5, timeout: 30_000 })
    .toBeGreaterThan(0)
  truncateSync(output)
  const { code, stdout, stderr } = await running.ended
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringContaining('no longer has all outcomes of the run, so no report is written'),
  })
  expect(stdout).toContain('200 tokens revoked')
  expect(statSync(report, { throwIfNoEntry: false })).toBeUndefined()
})

test('outcomes on a device give no report', async () => {
  provider.reset()
  const args = ['revoke', folder.file((await provider.issueTokens(1)).join()), '--report', folder.fresh()]
  const { code, stderr } = await run([...args, '-o', '/dev/null'], { env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('must be a regular file') })
  expect(provider.requests).toEqual([])
})

test.each([
  ['a signature is removed', 'e30..AA\n', undefined],
  ['another file stays', 'my notes\n', 'my notes\n'],
])('beside a new report without a signature, %s', async (_what, content, left) => {
  const report = folder.fresh()
  writeFileSync(`${report}.jws`, content)
  const args = ['revoke', folder.file((await provider.issueTokens(1)).join()), '--report', report]
  expect(await run(args, { env })).toMatchObject({ code: 0 })
  expect(statSync(`${report}.jws`, { throwIfNoEntry: false }) && readFileSync(`${report}.jws`, 'utf8')).toBe(left)
})
