import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { streamSource } from '../input/byte-source.ts'
import { keyedSum } from '../input/input-sum.ts'
import { LineReader } from '../input/line-reader.ts'
import { PlainRows } from '../input/plain-rows.ts'
import { createRowFormat } from '../input/row-format.ts'
import { checkpointsOf, drain, inPieces, lines, seal, sourceOf } from '../testing/token-sources.ts'
import { TokenSource } from './token-source.ts'
import { withoutCredentials } from './without-credentials.ts'

const input = 'one1\ntwo2\nthree3\nfour4\nfive5\nsix6\n'

test('tokens come in order, with their line numbers', async () => {
  const seen = await drain(sourceOf('a1\n\nnot a token\n{"token":"b2","token_type_hint":"refresh_token"}\nc3'))
  expect(seen).toMatchObject({ given: ['a1', 'b2 refresh_token', 'c3'], problems: [3] })
  expect(seen.lines).toEqual([1, 4, 5])
  expect(seen.source.exhausted).toBe(true)
})

test('tokens that the journal confirms are skipped', async () => {
  const history = { done: lines(1, 3, 4), checkpoints: await checkpointsOf(input, 2, 4), output: undefined }
  const seen = await drain(sourceOf(input, history))
  expect(seen).toMatchObject({ given: ['two2', 'five5', 'six6'], skipped: [1, 2], accepted: [0] })
  expect(seen.error).toBeUndefined()
})

test('rows after a quote that is never closed are skipped as well, although they are known only at the end', async () => {
  const text = 'token,note\none1,ok\ntwo2,"oops\nthree3,ok\nfour4,ok\n'
  const history = {
    done: lines(2, 4),
    active: lines(5),
    checkpoints: await checkpointsOf(text, 5),
    output: undefined,
  }
  const table = createRowFormat({ token: 'token', where: new Map(), keep: [] }, 'tokens.csv')
  const seen = await drain(sourceOf(text, history, table))
  expect(seen).toMatchObject({ given: ['four4'], lines: [5], problems: [3], skipped: [1, 1] })
})

test('rows of a client without credentials are not taken for rows without tokens', async () => {
  const text = `token,client\n${'abc-1,stranger\n'.repeat(12)}abc-2,app\n`
  const problems: number[] = []
  const source = new TokenSource({
    reader: new LineReader(inPieces(text)),
    format: createRowFormat({ token: 'token', client: 'client', where: new Map(), keep: [] }, 'tokens.csv'),
    name: 'tokens.csv',
    problemWith: (row) => withoutCredentials(row, { has: (client) => client === 'app' }),
    onProblem: ({ line }) => problems.push(line),
    onSkip: () => {},
  })
  expect(await source.next()).toMatchObject({ value: { token: 'abc-2', line: 14 } })
  expect(problems).toHaveLength(12)
})

test.each([
  ['a wrong column', 'token,access\n,abc-1\nNULL,abc-2\n', {}],
  ['members that are null', '{"token":null,"access":"abc-1"}\n', {}],
  ['rows that meet --where', 'token,app\nabc-1,ios\n,web\n', { where: new Map([['app', new Set(['web'])]]) }],
])('an input whose tokens are all empty, as with %s, is not done', async (_what, text, more) => {
  const format = createRowFormat({ token: 'token', where: new Map(), keep: [], ...more }, 'tokens.csv')
  const seen = await drain(sourceOf(text, undefined, format))
  expect(seen).toMatchObject({
    given: [],
    accepted: [],
    error: {
      exitCode: 2,
      message: expect.stringMatching(
        /^There is no token in tokens.txt: .*another column than "token"\? Nothing was sent/,
      ),
    },
  })
})

test('an empty cell beside a token, and a table without rows, are no mistake', async () => {
  for (const text of ['token,user\n,u1\nabc-1,u2\n', 'token,user\n', '\n']) {
    const format = createRowFormat({ token: 'token', where: new Map(), keep: [] }, 'tokens.csv')
    expect((await drain(sourceOf(text, undefined, format))).error).toBeUndefined()
  }
})

test('an input that has grown at its end is the same input', async () => {
  const before = 'one1\ntwo2'
  const history = { done: lines(1, 2), checkpoints: await checkpointsOf(before, 2), output: undefined }
  const seen = await drain(sourceOf(`${before}\nthree3`, history))
  expect(seen.given).toEqual(['three3'])
  expect(seen.error).toBeUndefined()
})

test.each([
  ['a line has changed', input.replace('one1', 'xxx1')],
  ['a line is new', `new0\n${input}`],
  ['a line is missing', input.slice(5)],
  ['it is shorter', input.slice(0, 10)],
  ['it is empty', ''],
])('no token of another input is returned when %s', async (_how, other) => {
  const history = { done: lines(1, 2), checkpoints: await checkpointsOf(input, 6), output: undefined }
  expect(await drain(sourceOf(other, history))).toMatchObject({
    given: [],
    problems: [],
    accepted: [],
    skipped: [],
    error: {
      exitCode: 2,
      message: expect.stringMatching(/another input than tokens.txt.* Lines 1 to 6: they have changed/),
    },
  })
})

test('an input that differs later is returned up to the part that differs', async () => {
  const history = { done: lines(1), checkpoints: await checkpointsOf(input, 2, 4, 6), output: undefined }
  const seen = sourceOf(input.replace('four4', 'FOUR4'), history)
  expect(await drain(seen)).toMatchObject({
    given: ['two2'],
    error: { message: expect.stringContaining('Lines 3 to 4') },
  })
  // Later records of the journal must still match its input.
  expect(seen.source.checkpoint).toEqual((await checkpointsOf(input, 2))[0])
})

test('the checkpoint is the position of the input, once it has caught up with the journal', async () => {
  const history = { done: lines(1), checkpoints: await checkpointsOf(input, 2), output: undefined }
  const { source } = await drain(sourceOf(input, history))
  expect(source.checkpoint).toEqual((await checkpointsOf(input, 6))[0])
})

test('stop() ends the input, even while it waits for more', async () => {
  const waiting = new LineReader(
    streamSource(
      Readable.from(
        (async function* () {
          yield Buffer.from('one1\n')
          await new Promise(() => {})
        })(),
      ),
    ),
  )
  const source = new TokenSource({
    reader: waiting,
    format: new PlainRows(),
    name: '',
    onProblem: () => {},
    onSkip: () => {},
  })
  expect(await source.next()).toMatchObject({ done: false, value: { token: 'one1' } })
  const next = source.next()
  source.stop()
  expect(await next).toEqual({ done: true, value: undefined })
  expect(await source.next()).toEqual({ done: true, value: undefined })
  expect(source.exhausted).toBe(false)
})

test('lines without a token in an unchecked part are not failures yet', async () => {
  const text = 'one1\ntwo words\nthree3\n'
  const history = { done: lines(1), checkpoints: await checkpointsOf(text, 3), output: undefined }
  expect(await drain(sourceOf(text, history))).toMatchObject({ given: ['three3'], problems: [2] })
  expect(await drain(sourceOf(text.replace('three3', 'THREE3'), history))).toMatchObject({ given: [], problems: [] })
})

test('a history of the first format is checked by its own sums, and continues with keyed ones', async () => {
  const before = 'one1\ntwo2\n'
  const sum = `${crc32(before).toString(16).padStart(8, '0')}.${before.length}`
  const history = { done: lines(1), checkpoints: [{ read: 2, sum }], output: undefined }
  const seen = await drain(sourceOf(input, history))
  expect(seen.given).toEqual(['two2', 'three3', 'four4', 'five5', 'six6'])
  expect(seen.source.checkpoint).toEqual((await checkpointsOf(input, 6))[0])
  const partly = {
    ...history,
    checkpoints: [
      { read: 2, sum },
      { read: 4, sum: 'ffffffff.20' },
    ],
  }
  const other = await drain(sourceOf(input, partly))
  expect(other).toMatchObject({ given: ['two2'], error: { exitCode: 4 } })
  expect(other.source.checkpoint).toEqual((await checkpointsOf(input, 2))[0])
})

test('a journal with too little information to check does not keep the input in memory', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (let line = 0; ; line++) yield Buffer.from(`token-${line}\n`)
  }
  const sums = { keyed: keyedSum(seal), unkeyed: undefined }
  const reader = new LineReader(streamSource(Readable.from(endless())), [sums.keyed])
  const checkpoints = [{ read: 1_000_000_000, sum: 'a'.repeat(32) }]
  const history = { done: lines(1), checkpoints, output: undefined }
  const source = new TokenSource({
    reader,
    format: new PlainRows(),
    name: 'pipe',
    sums,
    history,
    onProblem: () => {},
    onSkip: () => {},
  })
  await expect(source.next()).rejects.toThrow(/has too few records to check/)
  expect(reader.line).toBeLessThan(40_000)
})

test('the same holds for a few large tokens', async () => {
  async function* endless(): AsyncGenerator<Buffer> {
    for (let line = 0; ; line++) yield Buffer.from(`${line}${'x'.repeat(60_000)}\n`)
  }
  const sums = { keyed: keyedSum(seal), unkeyed: undefined }
  const reader = new LineReader(streamSource(Readable.from(endless())), [sums.keyed])
  const history = { done: lines(), checkpoints: [{ read: 1_000_000, sum: 'a'.repeat(32) }], output: undefined }
  const source = new TokenSource({
    reader,
    format: new PlainRows(),
    name: 'pipe',
    sums,
    history,
    onProblem: () => {},
    onSkip: () => {},
  })
  await expect(source.next()).rejects.toThrow(/has too few records/)
  expect(reader.bytes).toBeLessThan(70 * 1024 * 1024)
})
