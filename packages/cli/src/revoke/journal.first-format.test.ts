import { appendFileSync, statSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { identity, journalFolder, sum } from '../testing/journal-folder.ts'
import { Journal } from './journal.ts'

const { fileWith, historyOf } = journalFolder()

const OLD_HEADER =
  '{"journal":"backend-logout revoke 1","provider":"https://example.genauth.ai","app":"app","verify":false,"started":"2026-11-01T00:00:00.000Z"}'

test('a journal of the first format continues, from then on with a key', async () => {
  const path = fileWith(`${OLD_HEADER}\n{"read":10,"sum":"aaaaaaaa.100","done":"1-3,5","output":700}\n`)
  const journal = await Journal.open(path, identity)
  expect(journal.history).toMatchObject({ checkpoints: [{ read: 10, sum: 'aaaaaaaa.100' }], output: 700 })
  expect(journal.history?.done.size).toBe(4)
  journal.append({ read: 10, sum: sum('b') }, { done: '4' }, undefined)
  journal.append({ read: 2000, sum: sum('c') }, { done: '2000' }, undefined)
  await journal[Symbol.asyncDispose]()
  expect(await historyOf(path)).toMatchObject({
    checkpoints: [
      { read: 10, sum: sum('b') },
      { read: 2000, sum: sum('c') },
    ],
  })
  appendFileSync(path, '{"read":3000,"sum":"aaaaaaaa.100","done":"7"}\n')
  await expect(historyOf(path)).rejects.toThrow(/is damaged/)
})

test.each([
  ['{"read":5'],
  ['{"read":5,"sum":"aaaaaaaa.100","done":"1-6"}'],
  ['{"read":0,"sum":"aaaaaaaa.100"}'],
  ['{"read":5,"sum":"aaaaaaaa"}'],
  [`{"read":5,"sum":"${sum('a')}"}`],
  ['[]'],
  ['null'],
  ['7'],
  ['x'.repeat(200_000)],
])('a damaged line in the middle of a journal of the first format is refused: %.60s', async (line) => {
  const path = fileWith(`${OLD_HEADER}\n${line}\n{"read":9,"sum":"aaaaaaaa.100"}\n`)
  await expect(Journal.open(path, identity)).rejects.toThrow(/line 2 is damaged/)
})

test('a journal that is too large is refused without reading it', async () => {
  const path = fileWith(`${OLD_HEADER}\n`)
  truncateSync(path, 1024 ** 3 + 1)
  await expect(Journal.open(path, identity)).rejects.toThrow(/larger than 1 GiB/)
  expect(statSync(path).size).toBe(1024 ** 3 + 1)
})

test('a forged journal of the first format takes little time and memory, however scattered its lines are', async () => {
  const descending = Array.from({ length: 200 }, (_, block) =>
    Array.from({ length: 5_000 }, (_, i) => 2 * (1_000_000 - block * 5_000 - i)).join(','),
  )
  const path = fileWith(
    `${OLD_HEADER}\n${descending.map((done) => `{"read":2000000,"sum":"aaaaaaaa.100","done":"${done}"}\n`).join('')}`,
  )
  // Processor time, as the machine may do other things too.
  const before = process.cpuUsage()
  expect((await historyOf(path))?.done.size).toBe(1_000_000)
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15)
})

test('a message quotes a foreign journal only up to a limit', async () => {
  const path = fileWith(`${OLD_HEADER.replace('"app":"app"', `"app":"${'x'.repeat(100_000)}"`)}\n`)
  const error = await Journal.open(path, identity).catch((reason: Error) => reason)
  expect((error as Error).message.length).toBeLessThan(1_000)
})
