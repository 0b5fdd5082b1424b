import { readFileSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './command-line.ts'
import { type CountingProvider, startCountingProvider } from './counting-provider.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
let provider: CountingProvider
beforeAll(async () => {
  provider = await startCountingProvider(folder.path, 200)
})
afterAll(() => provider[Symbol.asyncDispose]())

/** A journal in the format of the first version, which confirms the given lines of an input. */
function oldJournal(text: string, read: number, done: string): string {
  const { AUTHING_APP_ID: app, AUTHING_APP_HOST: host = '' } = provider.env
  const part = text.split('\n', read).map((line) => `${line}\n`)
  const sum = `${crc32(part.join('')).toString(16).padStart(8, '0')}.${part.join('').length}`
  const header = { journal: 'backend-logout revoke 1', provider: new URL(host).href, app, verify: false }
  return folder.file(`${[header, { read, sum, done }].map((record) => JSON.stringify(record)).join('\n')}\n`)
}

test('a journal of the first version continues, and no new record can confirm a guess', async () => {
  const tokens = provider.take(20)
  const text = `${tokens.join('\n')}\n`
  const journal = oldJournal(text, 12, '1-8,10')
  const args = ['revoke', folder.file(text), '-j', journal, '--json']
  const first = await run(args, { env: provider.env })
  expect(first.code).toBe(0)
  expect(JSON.parse(first.stdout)).toMatchObject({ skipped: 9, revoked: 11, complete: true })
  const added = readFileSync(journal, 'utf8').split('\n').slice(2).join('\n')
  for (let lines = 1; lines <= 20; lines++) {
    expect(added).not.toContain(
      crc32(`${tokens.slice(0, lines).join('\n')}\n`)
        .toString(16)
        .padStart(8, '0'),
    )
  }
  const second = await run(args, { env: provider.env })
  expect(JSON.parse(second.stdout)).toMatchObject({ skipped: 20, revoked: 0, complete: true })
  expect(tokens.filter((token) => provider.revocations.get(token) === 1)).toHaveLength(11)
})

test('the output stays unchanged until the journal is known to belong to the input', async () => {
  const [mine, other] = [provider.take(10), provider.take(10)]
  const [journal, output] = [folder.fresh(), folder.fresh()]
  await run(['revoke', '-j', journal, '-o', output], { env: provider.env, input: mine.join('\n') })
  const before = `${readFileSync(output, 'utf8')}{"line":11,"token":"of another run"}\n`
  writeFileSync(output, before)
  for (const file of ['-', folder.file(`two words\n${other.join('\n')}`), folder.file('')]) {
    const args = ['revoke', file, '-j', journal, '-o', output]
    const { code, stderr } = await run(args, { env: provider.env, input: other.join('\n') })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('belongs to another input') })
    expect(readFileSync(output, 'utf8')).toBe(before)
  }
  expect(other.some((token) => provider.revocations.has(token))).toBe(false)
})

test.each([
  ['the settings are incomplete', { AUTHING_APP_ID: '' }, 'token-1\n'],
  ['the input is something else', {}, 'PK\u0003\u0004'],
])('the output stays unchanged when %s', async (_why, change, input) => {
  const output = folder.file('precious\n')
  expect((await run(['revoke', '-o', output], { env: { ...provider.env, ...change }, input })).code).toBe(2)
  expect(readFileSync(output, 'utf8')).toBe('precious\n')
})

test('an output that does not belong to the journal is not truncated', async () => {
  const tokens = provider.take(4)
  const [input, journal, output] = [folder.file(tokens.join('\n')), folder.fresh(), folder.fresh()]
  await run(['revoke', input, '-j', journal, '-o', output], { env: provider.env })
  const notes = `${'These are my notes, one after the other.\n'.repeat(100)}`
  writeFileSync(output, notes)
  const { code, stderr } = await run(['revoke', input, '-j', journal, '-o', output], { env: provider.env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('lines that are not from a run') })
  expect(readFileSync(output, 'utf8')).toBe(notes)
})

test('a journal in which someone marks more tokens as revoked is refused', async () => {
  const tokens = provider.take(10)
  const [input, journal] = [folder.file(tokens.join('\n')), folder.fresh()]
  provider.intercept = (token, response) => {
    if (token !== tokens[4]) return false
    response.writeHead(400).end('{"error":"invalid_request"}')
    return true
  }
  await run(['revoke', input, '-j', journal], { env: provider.env })
  provider.intercept = () => false
  const records = readFileSync(journal, 'utf8').replaceAll(/"done":"[^"]+"/g, '"done":"1-10"')
  writeFileSync(journal, records)
  const { code, stderr } = await run(['revoke', input, '-j', journal], { env: provider.env })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/line \d+ is damaged/) })
  expect(provider.revocations.has(tokens[4] as string)).toBe(false)
})

test('the secret can be replaced between two runs', async () => {
  const tokens = provider.take(6)
  const [input, journal] = [folder.file(tokens.join('\n')), folder.fresh()]
  const wrong = { ...provider.env, AUTHING_APP_SECRET: 'the-secret-before' }
  expect((await run(['revoke', input, '-j', journal], { env: wrong })).code).toBe(3)
  const { code, stdout } = await run(['revoke', input, '-j', journal, '--json'], { env: provider.env })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ revoked: 6 })
})
