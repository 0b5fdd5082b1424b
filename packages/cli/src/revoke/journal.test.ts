import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Journal } from './journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'backend-logout-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const identity = { provider: 'https://example.genauth.ai', app: 'app', verify: false }
const sum = (digit: string): string => `${digit.repeat(8)}.100`
let files = 0
const newPath = (): string => join(folder, `journal-${++files}`)

async function written(...records: [read: number, sum: string, done: string, output?: number][]): Promise<string> {
  const path = newPath()
  const journal = await Journal.open(path, identity)
  expect(journal.history).toBeUndefined()
  for (const [read, digest, done, output] of records) journal.append({ read, sum: digest }, done, output)
  await journal.close()
  return path
}

async function historyOf(path: string) {
  const journal = await Journal.open(path, identity)
  await journal.close()
  return journal.history
}

test('a journal gives back what was written, over several runs', async () => {
  const path = await written([10, sum('a'), '1-3,5', 100], [20, sum('b'), '4,6-20', 200])
  const second = await Journal.open(path, identity)
  second.append({ read: 30, sum: sum('c') }, '25', 300)
  await second.close()
  const history = await historyOf(path)
  expect(history).toMatchObject({ checkpoints: [{ read: 30, sum: sum('c') }], output: 300 })
  expect(history?.done.size).toBe(21)
  expect(history?.done.has(25)).toBe(true)
  expect(history?.done.has(24)).toBe(false)
})

test('only its owner may read a journal', async () => {
  expect(statSync(await written()).mode & 0o777).toBe(0o600)
})

test('what a killed run left half written is cut off, wherever it was cut', async () => {
  const path = await written([10, sum('a'), '1-10'], [2000, sum('b'), '11-2000'])
  const whole = readFileSync(path)
  const header = whole.indexOf('\n') + 1
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    const history = await historyOf(path)
    const records = whole.subarray(0, length).toString().split('\n').length - 2
    expect(history?.done.size).toBe(length < header ? undefined : [0, 10, 2000][records])
    expect(readFileSync(path, 'utf8')).toMatch(/^({.*}\n)+$/)
  }
})

test('zeros at the end, as a power failure leaves them, are cut off', async () => {
  const path = await written([10, sum('a'), '1-10'])
  const { size } = statSync(path)
  appendFileSync(path, Buffer.alloc(4096))
  expect((await historyOf(path))?.done.size).toBe(10)
  expect(readFileSync(path).indexOf(0)).toBe(-1)
  expect(statSync(path).size).toBeLessThan(size + 100)
})

test('of a long journal one checkpoint is kept for 1024 lines, the last one of all among them', async () => {
  const records = Array.from({ length: 5000 }, (_, i) => [i + 1, sum('a'), `${i + 1}`] as [number, string, string])
  const history = await historyOf(await written(...records))
  expect(history?.checkpoints.map(({ read }) => read)).toEqual([1023, 2047, 3071, 4095, 5000])
})

test.each([
  ['a file of tokens', 'eyJhbGciOi.abc.def\n', /first line/],
  ['a file of one token without a line break', 'eyJhbGciOi.abc.def', /first line/],
  ['another JSON file', '{"a":1}\n', /first line/],
  ['a journal of a later version', '{"journal":"backend-logout revoke 2"}\n', /first line/],
])('%s is refused as a journal, and not changed', async (_what, text, message) => {
  const path = newPath()
  writeFileSync(path, text)
  await expect(Journal.open(path, identity)).rejects.toThrow(message)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test.each([['{"read":5'], ['{"read":5,"sum":"aaaaaaaa.100","done":"1-6"}'], ['{"read":0,"sum":"aaaaaaaa.100"}']])(
  'a damaged line in the middle is refused: %s',
  async (line) => {
    const path = await written()
    appendFileSync(path, `${line}\n{"read":9,"sum":"${sum('a')}"}\n`)
    await expect(Journal.open(path, identity)).rejects.toThrow(/line 2 is damaged/)
  },
)

test('two inputs in one journal are noticed', async () => {
  const path = await written([10, sum('a'), '1'], [10, sum('b'), '2'])
  await expect(Journal.open(path, identity)).rejects.toThrow(/two different inputs/)
})

test('the journal of another application, provider or demand is refused', async () => {
  const path = await written()
  await expect(Journal.open(path, { ...identity, app: 'other' })).rejects.toThrow(/belongs to application app at/)
  await expect(Journal.open(path, { ...identity, provider: 'https://b.example' })).rejects.toThrow(/belongs to/)
  await expect(Journal.open(path, { ...identity, verify: true })).rejects.toThrow(/without --verify/)
})

test('a folder, a missing folder and a device are refused as journals', async () => {
  await expect(Journal.open(folder, identity)).rejects.toThrow(/this is a folder/)
  await expect(Journal.open(join(folder, 'missing', 'journal'), identity)).rejects.toThrow(/no such file/)
  await expect(Journal.open('/dev/null', identity)).rejects.toThrow(/no regular file/)
})

test('a journal that another process writes to is given up', async () => {
  const path = newPath()
  const first = await Journal.open(path, identity)
  const second = await Journal.open(path, identity)
  await expect(first.sync()).rejects.toThrow(/Another process/)
  expect(() => first.append({ read: 1, sum: sum('a') }, '1', undefined)).toThrow(/Another process/)
  await first.close()
  second.append({ read: 2, sum: sum('a') }, '1', undefined)
  await second.close()
  expect((await historyOf(path))?.done.size).toBe(1)
})
