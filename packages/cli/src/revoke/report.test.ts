import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openReport } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileWith(text: string): string {
  const path = join(folder, `report-${++files}`)
  writeFileSync(path, text)
  return path
}

test('a new run writes a report anew, for its owner alone', () => {
  const path = join(folder, 'new')
  const report = openReport(path, false, undefined)
  report.write(['a'])
  expect(report.bytes).toBe(2)
  report.close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  openReport(path, false, undefined).close()
  expect(readFileSync(path, 'utf8')).toBe('')
})

test.each([
  ['what the journal does not know is cut off', 'a\nb\nc\n', 4, 'a\nb\nnew\n'],
  ['half a line is cut off where no length is known', 'a\nb\nhal', undefined, 'a\nb\nnew\n'],
  ['a report that is shorter than it was is kept', 'a\nb', 100, 'a\nnew\n'],
  ['an empty report is fine', '', 0, 'new\n'],
  ['a text without line breaks is not ours to cut', 'abc', undefined, 'abcnew\n'],
])('when a run goes on, %s', (_what, before, length, after) => {
  const path = fileWith(before)
  const report = openReport(path, true, length)
  report.write(['new'])
  expect(report.bytes).toBe(after.length)
  report.close()
  expect(readFileSync(path, 'utf8')).toBe(after)
})

test('a device has no length and is not cut', () => {
  const report = openReport('/dev/null', true, 100)
  report.write(['a'])
  expect(report.bytes).toBeUndefined()
  report.close()
})
