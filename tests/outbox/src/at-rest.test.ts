import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogoutClient } from '@backend-logout/core'
import { openOutbox } from '@backend-logout/outbox'
import { expect, inject, test } from 'vitest'
import { query, startPostgres } from './postgres-server.ts'
import { newKey, type Provider, startProvider, temporaryFolder } from './scene.ts'

const keys = [newKey('rest'), newKey('older')]

/** Runs logouts that are revoked, fail, expire and wait; returns the words that must not be found afterward. */
async function useStore(provider: Provider, store: string): Promise<string[]> {
  const where = await provider.call('where')
  const sessions = await Promise.all(['alice', 'bob', 'carol'].map((user) => provider.call('signIn', user)))
  const tokens = [
    ...sessions.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
    ...(await provider.call('issue', 40)),
  ]
  await using outbox = await openOutbox({ client: createLogoutClient(where), store, encryptionKeys: keys })
  for (const session of sessions) await outbox.add(session)
  await outbox.addMany(tokens.slice(6, 26).map((accessToken) => ({ accessToken })))
  await provider.call('answerNext', { status: 400, body: { error: 'invalid_request' }, times: 5 })
  await provider.call('answerNext', { status: 503, times: 2 })
  expect(await outbox.work({ untilEmpty: true, concurrency: 4 })).toMatchObject({ dead: expect.any(Number) })
  await outbox.addMany(tokens.slice(26).map((accessToken) => ({ accessToken })))
  await provider.call('answerAlways', { status: 503 })
  await outbox.work({ signal: AbortSignal.timeout(500) })
  expect(await outbox.stats()).toMatchObject({ pending: 20 })
  expect((await outbox.stats()).dead).toBeGreaterThan(0)
  await provider.call('reset')
  return [...tokens.flatMap(partsOf), ...keys.map(({ key }) => key), where.appSecret]
}

/** The parts of a token that must not be found: pieces of it, unchanged and as within base64. */
function partsOf(token: string): string[] {
  const pieces = [token.slice(-32), token.slice(Math.floor(token.length / 2), Math.floor(token.length / 2) + 24)]
  return pieces.flatMap((piece) => {
    const shifted = [0, 1, 2].map((offset) =>
      Buffer.from(`${'x'.repeat(offset)}${piece}`)
        .toString('base64url')
        .slice(offset === 0 ? 0 : 4, 28),
    )
    return [piece, ...shifted]
  })
}

async function filesOf(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(files.map((file) => readFile(file)))
}

/** Of 20 consecutive bytes, 8 begin at a multiple of 12, so looking at only those misses no word. */
const WORD = 20
const BLOCK = 8
const STRIDE = WORD - BLOCK

/** The words that are in these places. Each place is read once, not once for each word. */
function wordsIn(words: readonly string[], places: readonly (Buffer | string)[]): string[] {
  const wordsWith = new Map<bigint, Set<string>>()
  for (const word of words) {
    const bytes = Buffer.from(word)
    expect(bytes.length).toBeGreaterThanOrEqual(WORD)
    for (let at = 0; at < STRIDE; at++) {
      const block = bytes.readBigUInt64LE(at)
      wordsWith.set(block, (wordsWith.get(block) ?? new Set()).add(word))
    }
  }
  const found = new Set<string>()
  for (const place of places) {
    const bytes = Buffer.from(place)
    for (let block = 0; block + BLOCK <= bytes.length; block += STRIDE) {
      for (const word of wordsWith.get(bytes.readBigUInt64LE(block)) ?? []) {
        const around = bytes.subarray(Math.max(0, block - STRIDE), block + 2 * word.length)
        if (around.includes(word)) found.add(word)
      }
    }
  }
  return [...found]
}

test('the search finds each word wherever it is', () => {
  const words = [...partsOf(randomBytes(96).toString('base64url')), newKey('any').key]
  const place = (at: number): Buffer => Buffer.from(`${'-'.repeat(at)}${words.join('.')}`)
  for (let at = 0; at < 2 * STRIDE; at++) expect(wordsIn(words, [place(at)])).toHaveLength(words.length)
  expect(wordsIn(words, [place(3).toString()])).toHaveLength(words.length)
  expect(
    wordsIn(
      words,
      words.map((word) => word.slice(1, -1)),
    ),
  ).toEqual([])
})

test('no file of a folder contains any part of a token', async () => {
  await using provider = await startProvider()
  await using folder = await temporaryFolder(inject('template'))
  const words = await useStore(provider, folder.path)
  const files = await filesOf(folder.path)
  // The search finds the words that are there.
  expect(files.some((file) => file.includes('jwe'))).toBe(true)
  expect(wordsIn(words, files)).toEqual([])
})

test('Postgres contains no part of a token: no table, no file of the server, and no line of its log', async () => {
  await using provider = await startProvider()
  await using postgres = await startPostgres({
    settings: [
      'log_statement=all',
      'log_min_duration_statement=0',
      'log_parameter_max_length=-1',
      'wal_compression=off',
    ],
  })
  const store = await postgres.database('rest')
  const words = await useStore(provider, store)
  const tables = await query<{ name: string }>(
    store,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'backend_logout'`,
  )
  const rows: string[] = []
  for (const { name } of tables) {
    for (const { line } of await query<{ line: string }>(store, `SELECT t::text AS line FROM ${name} t`))
      rows.push(line)
  }
  expect(rows.filter((row) => row.includes('jwe')).length).toBeGreaterThan(20)
  expect(postgres.log()).toContain('jwe')
  expect(wordsIn(words, [...rows, postgres.log()])).toEqual([])

  await query(store, 'CHECKPOINT')
  const files = await filesOf(postgres.folder)
  expect(files.some((file) => file.includes('jwe'))).toBe(true)
  expect(wordsIn(words, files)).toEqual([])
})
