import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openOutcomeFile } from './outcome-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-outcomes-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newPath = (): string => join(folder, `outcomes-${++files}`)
function fileWith(text: string): string {
  const path = newPath()
  writeFileSync(path, text)
  return path
}

const line = (number: number): string => `{"line":${number}}\n`

test('a new run writes an output from the beginning, once it starts', async () => {
  const path = fileWith('what was there before\n')
  const unused = await openOutcomeFile(path, undefined)
  await unused[Symbol.asyncDispose]()
  expect(readFileSync(path, 'utf8')).toBe('what was there before\n')
  const outcomes = await openOutcomeFile(path, undefined)
  outcomes.begin()
  outcomes.write(['a'])
  expect(outcomes.bytes).toBe(2)
  await outcomes[Symbol.asyncDispose]()
  expect(readFileSync(path, 'utf8')).toBe('a\n')
})

test.each([
  ['its first line', '', '{"line":1}\n{"line":2}', '{"line":1}'],
  ['a part of a long line', '', `${line(1).trim()}${'x'.repeat(500)}`, `${line(1).trim()}${'x'.repeat(246)}`],
  ['nothing, when it continues', line(1), '{"line":2}', undefined],
])('the start of an output is known before it is written: %s', async (_what, before, text, expected) => {
  const path = fileWith(before)
  const starts: string[] = []
  const onStart = (start: Uint8Array): void => {
    expect(readFileSync(path, 'utf8')).toBe(before)
    starts.push(Buffer.from(start).toString())
  }
  const outcomes = await openOutcomeFile(path, { length: before.length }, { onStart })
  outcomes.begin()
  outcomes.write(text.split('\n'))
  outcomes.write(['{"line":3}'])
  await outcomes[Symbol.asyncDispose]()
  expect(starts).toEqual(expected === undefined ? [] : [expected])
})

test.each([0o000, 0o022, 0o077, 0o777])(
  'an output is private, whatever its mode was before, with umask %o',
  async (mask) => {
    const before = process.umask(mask)
    try {
      const path = newPath()
      await (await openOutcomeFile(path, undefined))[Symbol.asyncDispose]()
      expect(statSync(path).mode & 0o777).toBe(0o600)
      chmodSync(path, 0o666)
      await (await openOutcomeFile(path, { length: undefined }))[Symbol.asyncDispose]()
      expect(statSync(path).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  },
)

test('each record stays on one line, whatever it contains', async () => {
  const path = newPath()
  const outcomes = await openOutcomeFile(path, undefined)
  outcomes.begin()
  outcomes.write(['a\nforged', '\u001b[2K\u2028'])
  await outcomes[Symbol.asyncDispose]()
  expect(readFileSync(path, 'utf8')).toBe('a\\u000aforged\n\\u001b[2K\\u2028\n')
})

test.each([
  [
    'lines that the journal does not record are cut off',
    line(1) + line(2) + line(3),
    line(1).length,
    `${line(1)}new\n`,
  ],
  ['half a line is cut off if no length is known', `${line(1)}{"line":2,"to`, undefined, `${line(1)}new\n`],
  ['a line that has hardly begun is cut off', `${line(1)}{"l`, undefined, `${line(1)}new\n`],
  ['an output that is shorter than it was is kept', `${line(1)}{"line`, 100, `${line(1)}new\n`],
  ['an empty output is fine', '', 0, 'new\n'],
  ['an output that lost its lines is fine', '', 100, 'new\n'],
])('when a run continues, %s', async (_what, before, length, after) => {
  const path = fileWith(before)
  const outcomes = await openOutcomeFile(path, { length })
  expect(readFileSync(path, 'utf8')).toBe(before)
  outcomes.begin()
  outcomes.write(['new'])
  expect(outcomes.bytes).toBe(after.length)
  await outcomes[Symbol.asyncDispose]()
  expect(readFileSync(path, 'utf8')).toBe(after)
})

test.each([
  ['a text without line breaks', 'my notes', undefined],
  ['a text behind the outcomes', `${line(1)}my notes`, undefined],
  ['lines that no run has written', `${line(1)}my notes\n${line(2)}`, line(1).length],
  ['lines among the lines of a run', `${line(1)}${line(2)}my notes\n`, line(1).length],
  ['the middle of a line', line(1) + line(2), 5],
])('when a run would continue, %s is not cut off', async (_what, before, length) => {
  const path = fileWith(before)
  const outcomes = await openOutcomeFile(path, { length })
  expect(() => outcomes.begin()).toThrow(/lines that are not from a run/)
  await outcomes[Symbol.asyncDispose]()
  expect(readFileSync(path, 'utf8')).toBe(before)
})

test('links and files with a second name are refused', async () => {
  const target = fileWith('precious\n')
  const [symbolic, hard] = [newPath(), newPath()]
  symlinkSync(target, symbolic)
  await expect(openOutcomeFile(symbolic, undefined)).rejects.toThrow(/symbolic link/)
  linkSync(target, hard)
  await expect(openOutcomeFile(hard, undefined)).rejects.toThrow(/hard link/)
  expect(readFileSync(target, 'utf8')).toBe('precious\n')
})

test('a device has no length and is not truncated', async () => {
  const outcomes = await openOutcomeFile('/dev/null', { length: 100 })
  outcomes.begin()
  outcomes.write(['a'])
  expect(outcomes.bytes).toBeUndefined()
  await outcomes[Symbol.asyncDispose]()
})

// Linux has both.
const present = (...folders: string[]): string[] => folders.filter((folder) => existsSync(folder))

test.each(present('/dev/shm'))('an output can be in %s', async (memory) => {
  const own = mkdtempSync(join(memory, 'backend-logout-outcomes-'))
  await (await openOutcomeFile(join(own, 'outcomes'), undefined))[Symbol.asyncDispose]()
  expect(statSync(join(own, 'outcomes')).size).toBe(0)
  rmSync(own, { recursive: true })
})

test.each(present('/dev/fd', '/proc/self/fd'))(
  'a file that is open already is not written through %s',
  async (open) => {
    await using file = await openFile(newPath(), 'w')
    await expect(openOutcomeFile(`${open}/${file.fd}`, undefined)).rejects.toThrow("'-' is standard output")
  },
)
