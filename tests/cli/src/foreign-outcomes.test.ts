import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run } from './command-line.ts'
import { startOpaqueProvider } from './opaque-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const { provider, env } = await startOpaqueProvider()

const revoke = (...args: string[]) => run(['revoke', ...args], { env })
const inputOf = async (count: number) => folder.file((await provider.issueTokens(count)).join('\n'))

/** A run with a report, and its files. */
async function reported() {
  const [input, report] = [await inputOf(5), `${folder.fresh()}.json`]
  expect(await revoke(input, '--report', report)).toMatchObject({ code: 0 })
  const base = report.replace('.json', '')
  return { input, report, output: `${base}.outcomes.ndjson`, journal: `${base}.journal` }
}

/** Checks that a run, and a dry run before it, are refused, send nothing and leave a file unchanged. */
async function expectRefusal(args: readonly string[], why: RegExp, kept: string) {
  provider.reset()
  const before = readFileSync(kept, 'utf8')
  // The second time, a journal must not own what it did not own before.
  for (const more of [['--dry-run'], [], []]) {
    const { code, stderr } = await revoke(...args, ...more)
    expect({ more, code, stderr }).toEqual({ more, code: 2, stderr: expect.stringMatching(why) })
  }
  expect(provider.requests).toEqual([])
  expect(readFileSync(kept, 'utf8')).toBe(before)
}

test.each([
  ['with a report', []],
  ['before there was a report', ['report']],
] as const)(
  'outcomes that another run has overwritten are not taken for those of the journal, %s',
  async (_when, lost) => {
    const files = await reported()
    for (const name of lost) rmSync(files[name])
    expect(await revoke(await inputOf(6), '-o', files.output)).toMatchObject({ code: 0 })
    // Wherever the first output ended, one line of the second one ends there as well.
    const length = Number(/.*"output":(\d+)/s.exec(readFileSync(files.journal, 'utf8'))?.[1])
    const other = readFileSync(files.output, 'utf8')
    writeFileSync(files.output, `${other.slice(0, length - 1)}\n${other.slice(length)}`)
    const why = /has the outcomes of other runs, not those of the journal\. .* name another file for --report/
    await expectRefusal([files.input, '--report', files.report], why, files.output)
  },
)

test('outcomes that were changed after their report are not reported again', async () => {
  const { input, report, output } = await reported()
  const lines = readFileSync(output, 'utf8').split('\n')
  writeFileSync(output, lines.with(2, (lines[2] as string).replace('"revoked":true', '"revoked":  1 ')).join('\n'))
  await expectRefusal([input, '--report', report], /no longer has all outcomes that the journal records/, output)
})

test('a new journal does not take over the outcomes of another run', async () => {
  const { output, report } = await reported()
  const why = /has the outcomes of other runs\. To keep it, name other files for --output and --journal\. Nothing was/
  await expectRefusal([await inputOf(3), '-o', output, '-j', folder.fresh()], why, output)
  expect(await run(['report', 'verify', report])).toMatchObject({ code: 0 })
  const notes = folder.file('my notes\n')
  await expectRefusal([await inputOf(1), '-o', notes, '-j', folder.fresh()], /lines that are not from a run/, notes)
})

test('a journal does not take over the outcomes of another one', async () => {
  const [{ output }, input, journal] = [await reported(), await inputOf(3), folder.fresh()]
  expect(await revoke(input, '-j', journal)).toMatchObject({ code: 0 })
  const why = /outcomes of other runs, not those of the journal.*name other files for --output and --journal/
  await expectRefusal([input, '-o', output, '-j', journal], why, output)
  const own = folder.fresh()
  // It begins another output, which is then its own.
  appendFileSync(input, `\n${(await provider.issueTokens(2)).join('\n')}\n`)
  for (const skipped of [3, 5]) {
    const { stdout } = await revoke(input, '-o', own, '-j', journal, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ skipped, complete: true, exitCode: 0 })
    expect(folder.ndjson(own)).toHaveLength(2)
  }
})

test('outcomes that the journal of a killed run does not record yet are written once', async () => {
  const { input, report, output, journal } = await reported()
  const [header = '', started = ''] = readFileSync(journal, 'utf8').split('\n')
  writeFileSync(journal, `${header}\n${started}\n`)
  rmSync(report)
  expect(await revoke(input, '--report', report)).toMatchObject({ code: 0 })
  expect(folder.ndjson(output)).toHaveLength(5)
})

test('half a line of a killed run belongs to no other run', async () => {
  const { input, report, output, journal } = await reported()
  const [header = ''] = readFileSync(journal, 'utf8').split('\n')
  writeFileSync(journal, `${header}\n`)
  writeFileSync(output, '{"line":1,"tok')
  rmSync(report)
  expect(await revoke(input, '--report', report)).toMatchObject({ code: 0 })
  expect(folder.ndjson(output)).toHaveLength(5)
})

test('a report of an earlier version, whose clock was not the one of the journal, belongs to it', async () => {
  const { input, report, output } = await reported()
  const before = JSON.parse(readFileSync(report, 'utf8'))
  const early = { ...before, runs: [new Date(Date.parse(before.runs[0]) - 21).toISOString()] }
  writeFileSync(report, JSON.stringify(early, undefined, 2))
  expect(await revoke(input, '--report', report)).toMatchObject({ code: 0 })
  const after = JSON.parse(readFileSync(report, 'utf8'))
  expect(after).toMatchObject({ counts: before.counts, endpoints: before.endpoints })
  // Not so if it is about other outcomes.
  const [first = '', ...rest] = readFileSync(report, 'utf8').split(before.output.sha256)
  writeFileSync(report, `${[first, ...rest].join('0'.repeat(64))}`.replace(before.runs[0], early.runs[0]))
  await expectRefusal([input, '--report', report], /is the report of other runs/, report)
  expect(statSync(output).size).toBe(before.output.bytes)
})
