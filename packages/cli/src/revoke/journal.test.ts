import {
  appendFileSync,
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { identity, journalFolder, sum } from '../testing/journal-folder.ts'
import { Journal } from './journal.ts'
import { formatResumed } from './journal-record.ts'

const { folder, newPath, fileWith, written, historyOf } = journalFolder()

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n')

test('a journal returns what was written, over several runs', async () => {
  const path = await written([10, sum('a'), '1-3,5', 100], [20, sum('b'), '4,6-20', 200])
  const second = await Journal.open(path, identity)
  second.append({ read: 30, sum: sum('c') }, { done: '25' }, 300)
  await second[Symbol.asyncDispose]()
  const history = await historyOf(path)
  expect(history).toMatchObject({ checkpoints: [{ read: 30, sum: sum('c') }], output: 300 })
  expect(history?.done.size).toBe(21)
  expect(history?.done.has(25)).toBe(true)
  expect(history?.done.has(24)).toBe(false)
})

test('a journal returns the start of the output and the addresses of its runs', async () => {
  const path = await written([10, sum('a'), '1-3', 100])
  const bytes = (text: string) => new TextEncoder().encode(text)
  const second = await Journal.open(path, identity)
  second.startOutput(bytes('first line'))
  const endpoints = new Set(['https://a.example/revoke'])
  for (const read of [20, 30]) second.append({ read, sum: sum('b') }, { done: `${read}` }, read, endpoints)
  endpoints.add('https://b.example/revoke').add(`https://c.example/${'x'.repeat(3_000)}`)
  second.append({ read: 40, sum: sum('c') }, { done: '' }, undefined, endpoints)
  await second[Symbol.asyncDispose]()
  const records = linesOf(path)
  expect(records.filter((text) => text.includes('endpoints'))).toHaveLength(2)
  // Earlier versions read this line as the start of a run.
  expect(records[3]).toMatch(/^\{"resumed":false,"outputStart":"[0-9a-f]{32}","seal":"\w+"\}$/)
  const history = await historyOf(path)
  expect(history?.outputStart).toBe(second.key.startOf(bytes('first line')))
  expect(history?.outputStart).not.toBe(second.key.startOf(bytes('other line')))
  expect(history).toMatchObject({
    output: 30,
    runs: { length: 2 },
    endpoints: ['https://a.example/revoke', 'https://b.example/revoke'],
  })
})

test('an output that has just been started has no length yet', async () => {
  const path = await written([10, sum('a'), '1-3', 100])
  const second = await Journal.open(path, identity)
  second.startOutput(new Uint8Array(3))
  await second[Symbol.asyncDispose]()
  expect(await historyOf(path)).toMatchObject({ output: 0 })
})

test.each([0o000, 0o022, 0o777])(
  'journal and key are private, whatever their modes were before, with umask %o',
  async (mask) => {
    const before = process.umask(mask)
    try {
      const path = await written([1, sum('a'), '1'])
      for (const file of [path, `${path}.key`]) {
        expect(statSync(file).mode & 0o777).toBe(0o600)
        chmodSync(file, 0o644)
      }
      await historyOf(path)
      for (const file of [path, `${path}.key`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(before)
    }
  },
)

test('a record that a killed run has only half written is cut off at any byte', { timeout: 30_000 }, async () => {
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

test('zeros at the end, which a power failure leaves, are cut off', async () => {
  const path = await written([10, sum('a'), '1-10'])
  const { size } = statSync(path)
  appendFileSync(path, Buffer.alloc(4096))
  expect((await historyOf(path))?.done.size).toBe(10)
  expect(readFileSync(path).indexOf(0)).toBe(-1)
  expect(statSync(path).size).toBeLessThan(size + 200)
})

test('a long journal keeps one checkpoint per 1024 lines, including the last', async () => {
  const records = Array.from({ length: 5000 }, (_, i) => [i + 1, sum('a'), `${i + 1}`] as [number, string, string])
  const history = await historyOf(await written(...records))
  expect(history?.checkpoints.map(({ read }) => read)).toEqual([1023, 2047, 3071, 4095, 5000])
})

test.each([
  ['a file of tokens', 'eyJhbGciOi.abc.def\n', /first line/],
  ['a file of one token without a line break', 'eyJhbGciOi.abc.def', /first line/],
  ['a long file without a line break', 'x'.repeat(300_000), /first line/],
  ['a binary file', Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x7b]), /first line/],
  ['another JSON file', '{"a":1}\n', /first line/],
  ['a journal of a later version', '{"journal":"backend-logout revoke 3"}\n', /first line/],
])('%s is refused as a journal, and its content is unchanged', async (_what, content, message) => {
  const path = fileWith(content)
  await expect(Journal.open(path, identity)).rejects.toThrow(message)
  expect(readFileSync(path)).toEqual(Buffer.from(content))
  expect(readdirSync(folder)).not.toContain(`${path}.key`)
})

test('two inputs in one journal are detected', async () => {
  const path = await written([10, sum('a'), '1'], [10, sum('b'), '2'])
  await expect(Journal.open(path, identity)).rejects.toThrow(/two different inputs/)
})

test('the journal of another application, provider or set of options is refused', async () => {
  const path = await written()
  await expect(Journal.open(path, { ...identity, app: 'other' })).rejects.toThrow(/belongs to application app at/)
  await expect(Journal.open(path, { ...identity, provider: 'https://b.example' })).rejects.toThrow(/belongs to/)
  await expect(Journal.open(path, { ...identity, verify: true })).rejects.toThrow(/without --verify/)
  await expect(Journal.open(path, { ...identity, where: 'sha256:1' })).rejects.toThrow(/other conditions in --where/)
  // Journals of earlier versions do not say whether there was a log.
  for (const listed of [true, false]) await (await Journal.open(path, { ...identity, listed }))[Symbol.asyncDispose]()
})

test('a journal with conditions is about the same conditions only', async () => {
  const path = newPath()
  const filtered = { ...identity, where: 'sha256:1' }
  for (const _ of [1, 2]) await (await Journal.open(path, filtered))[Symbol.asyncDispose]()
  for (const where of [undefined, 'sha256:2']) {
    await expect(Journal.open(path, { ...identity, where })).rejects.toThrow(/other conditions in --where/)
  }
})

test('a folder, a missing folder, a device, a pipe and links are refused as journals', async () => {
  await expect(Journal.open(folder, identity)).rejects.toThrow(/this is a folder/)
  await expect(Journal.open(join(folder, 'missing', 'journal'), identity)).rejects.toThrow(/does not exist/)
  await expect(Journal.open('/dev/null', identity)).rejects.toThrow(/not a regular file/)
  const target = await written([1, sum('a'), '1'])
  const before = readFileSync(target)
  const [symbolic, hard] = [newPath(), newPath()]
  symlinkSync(target, symbolic)
  await expect(Journal.open(symbolic, identity)).rejects.toThrow(/symbolic link/)
  linkSync(target, hard)
  await expect(Journal.open(hard, identity)).rejects.toThrow(/hard link/)
  expect(readFileSync(target)).toEqual(before)
})

test('a journal that another run has open is not opened', async () => {
  const path = newPath()
  const first = await Journal.open(path, identity)
  await expect(Journal.open(path, identity)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^Another run uses the journal .* Nothing was sent\.$/),
  })
  first.append({ read: 1, sum: sum('a') }, { done: '1' }, undefined)
  await first[Symbol.asyncDispose]()
  expect((await historyOf(path))?.done.size).toBe(1)
})

test('a run stops when another process writes to its journal, as where a file system has no locks', async () => {
  const path = newPath()
  const first = await Journal.open(path, identity)
  appendFileSync(path, formatResumed(first.key, new Date()))
  await expect(first.sync()).rejects.toThrow(/another process/)
  expect(() => first.append({ read: 1, sum: sum('a') }, { done: '1' }, undefined)).toThrow(/another process/)
  await first[Symbol.asyncDispose]()
  expect((await historyOf(path))?.done.size).toBe(0)
})

test('of two runs that start a journal at the same moment, one gets it', async () => {
  const path = newPath()
  const opened = await Promise.allSettled([Journal.open(path, identity), Journal.open(path, identity)])
  const journals = opened.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  expect(journals).toHaveLength(1)
  for (const journal of journals) await journal[Symbol.asyncDispose]()
  await historyOf(path)
})

test('a key that a killed run has not written yet is created again, as nothing was written with it', async () => {
  const path = newPath()
  writeFileSync(`${path}.key`, '')
  await (await Journal.open(path, identity))[Symbol.asyncDispose]()
  expect(readFileSync(`${path}.key`, 'utf8')).toMatch(/^backend-logout journal key 1 [\w-]{43}\n$/)
  await historyOf(path)
})

test('a record that was changed, forged or taken from another journal is refused', async () => {
  const path = await written([10, sum('a'), '1-3'], [20, sum('b'), '11'])
  const [header = '', first = '', second = ''] = linesOf(path)
  const other = linesOf(await written([10, sum('a'), '1-9']))[1] as string
  const forged: [what: string, line: number, lines: string[]][] = [
    ['more lines are done', 2, [header, first.replace('"1-3"', '"1-9"'), second]],
    ['the sum is another one', 2, [header, first.replace(sum('a'), sum('c')), second]],
    ['the seal is another one', 2, [header, first.replace(/"seal":"./, '"seal":"!'), second]],
    ['there is no seal', 2, [header, first.replace(/,"seal":"\w+"/, ''), second]],
    ['the record is of another journal', 2, [header, other, second]],
    ['the record is of the first format', 2, [header, '{"read":9,"sum":"aaaaaaaa.100","done":"1-9"}', second]],
    ['half of the record is missing', 2, [header, first.slice(0, 20), second]],
    ['there is something behind it', 3, [header, first, `${second} `]],
    ['the second line is empty', 2, [header, '', second]],
  ]
  for (const [what, line, lines] of forged) {
    writeFileSync(path, `${lines.join('\n')}\n{}\n`)
    await expect(Journal.open(path, identity), what).rejects.toThrow(new RegExp(`line ${line} is damaged`))
  }
  writeFileSync(path, `${header.replace('"app":"app"', '"app":"app" ')}\n${first}\n`)
  await expect(Journal.open(path, identity)).rejects.toThrow(/not written with the key/)
})

test('a journal with a missing, different or invalid key is refused', async () => {
  const path = await written([10, sum('a'), '1'])
  const key = readFileSync(`${path}.key`)
  const other = readFileSync(`${await written([10, sum('a'), '1'])}.key`)
  const before = readFileSync(path)
  rmSync(`${path}.key`)
  await expect(Journal.open(path, identity)).rejects.toThrow(/key of the journal is missing/)
  expect(readdirSync(folder)).not.toContain(`${path}.key`)
  writeFileSync(`${path}.key`, other)
  await expect(Journal.open(path, identity)).rejects.toThrow(/not written with the key/)
  for (const wrong of ['', 'a token\n', key.subarray(0, 40), key.toString().repeat(100)]) {
    writeFileSync(`${path}.key`, wrong)
    await expect(Journal.open(path, identity)).rejects.toThrow(/is another file/)
  }
  expect(readFileSync(path)).toEqual(before)
  writeFileSync(`${path}.key`, key)
  expect((await historyOf(path))?.done.size).toBe(1)
})

test('someone who has only the journal cannot test a guess at a token', async () => {
  const { createHash, createHmac } = await import('node:crypto')
  const { crc32 } = await import('node:zlib')
  const token = '483920'
  const path = newPath()
  const journal = await Journal.open(path, identity)
  const digest = createHash('sha256').update(`${token}\n`).digest()
  journal.append({ read: 1, sum: journal.key.sumOf(digest) }, { done: '1' }, undefined)
  await journal[Symbol.asyncDispose]()
  const text = readFileSync(path, 'utf8')
  // All that can be computed from the guess and the journal: sums without a key, and with what the journal has for one.
  const words = text.match(/[\w.:/-]{2,}/g) ?? []
  for (const guess of [token, `${token}\n`]) {
    const plain = ['sha256', 'sha1', 'md5', 'sha512'].map((name) => createHash(name).update(guess).digest('hex'))
    const salted = words.flatMap((word) => [
      createHmac('sha256', word).update(guess).digest('hex'),
      createHmac('sha256', word).update('input\0').update(createHash('sha256').update(guess).digest()).digest('hex'),
      createHash('sha256')
        .update(word + guess)
        .digest('hex'),
    ])
    for (const sum of [...plain, ...salted, crc32(guess).toString(16)]) expect(text).not.toContain(sum.slice(0, 8))
  }
})
