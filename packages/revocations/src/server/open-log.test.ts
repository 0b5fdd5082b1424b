import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RevocationEntry } from '../entry.ts'
import { followRevocations } from '../follow.ts'
import type { RevocationPage, RevocationSource } from '../source.ts'
import type { RevocationLogEvent } from './events.ts'
import { openRevocationLog } from './open-log.ts'
import type { RevocationLogOptions } from './options.ts'

const ISS = 'https://id.example.com'
const now = (): number => Math.floor(Date.now() / 1000)
const entry = (jti: string): RevocationEntry => ({ iss: ISS, jti, until: now() + 3600 })
const read = (source: RevocationSource, after?: string): Promise<RevocationPage> =>
  source.read({ after, waitMs: 0, signal: new AbortController().signal })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revocations-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each([
  ['memory', { memory: true } as const],
  ['a folder', undefined],
])('a log in %s', (kind, store) => {
  const options = (): RevocationLogOptions => ({ store: store ?? { folder: join(folder, 'log') } })

  test('returns appended entries to waiting readers and to later ones', async () => {
    const events: RevocationLogEvent[] = []
    await using log = await openRevocationLog({ ...options(), onEvent: (event) => events.push(event) })
    await using list = followRevocations({ source: log })
    await list.ready
    expect(list.check({ iss: ISS, jti: '1', iat: now() })).toBe('valid')
    await log.append([entry('1'), { iss: ISS, sub: 'alice', at: now(), until: now() + 60 }])
    await log.append([])
    while (list.size < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(list.check({ iss: ISS, jti: '1', iat: now() })).toBe('revoked')
    expect(list.check({ iss: ISS, jti: '2', sub: 'alice', iat: now() - 10 })).toBe('revoked')
    const page = await read(log)
    expect(page.entries).toHaveLength(2)
    expect(await read(log, page.cursor)).toMatchObject({ entries: [], more: false })
    expect(events).toEqual([{ type: 'appended', count: 2 }])
  })

  test('does not delay a reader for entries that were appended before it waited', async () => {
    await using log = await openRevocationLog(options())
    const { signal } = new AbortController()
    const wait = (after: string) => log.read({ after, waitMs: 20_000, signal })
    let { cursor } = await read(log)
    for (let round = 0; round < 50; round++) {
      const waiting = wait(cursor)
      // At every moment between the query and the wait.
      for (let turn = 0; turn < round % 10; turn++) await Promise.resolve()
      await log.append([entry(`${kind}-${round}`)])
      ;({ cursor } = await waiting)
      // Here, nothing waits at all.
      await log.append([entry(`${kind}-${round}-later`)])
      const page = await wait(cursor)
      expect(page.entries).toMatchObject([{ jti: `${kind}-${round}-later` }])
      cursor = page.cursor
    }
  })

  test('refuses invalid entries, joins no transaction, and accepts nothing once it is closed', async () => {
    const log = await openRevocationLog(options())
    await expect(log.append({ iss: '' } as never)).rejects.toMatchObject({ code: 'invalid_argument' })
    const transaction = { query: async () => ({ rows: [] }) }
    await expect(log.append(entry('x'), { transaction })).rejects.toMatchObject({ code: 'invalid_argument' })
    const appending = log.append(entry('3'))
    await log.close()
    await appending
    await log.close()
    await expect(log.append(entry('4'))).rejects.toMatchObject({ code: 'closed' })
    await expect(read(log)).rejects.toMatchObject({ code: 'closed' })
  })

  test('fails a reader that is about to wait when it closes', async () => {
    const log = await openRevocationLog(options())
    const { cursor } = await read(log)
    const reading = log.read({ after: cursor, waitMs: 20_000, signal: new AbortController().signal })
    reading.catch(() => {})
    await log.close()
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/^(?:closed|store_unavailable)$/) })
  })

  test('serves many concurrent callers', async () => {
    await using log = await openRevocationLog(options())
    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(entry(`many ${index}`))))
    const { entries } = await read(log)
    expect(new Set(entries.map((entry) => ('jti' in entry ? entry.jti : ''))).size).toBeGreaterThanOrEqual(500)
  })

  if (kind === 'a folder') {
    test('persists, is private, and admits one process at a time', async () => {
      await using log = await openRevocationLog({ store: { folder: pathToFileURL(join(folder, 'log')) } })
      const { entries, cursor } = await read(log)
      expect(entries).toContainEqual(expect.objectContaining({ jti: '1' }))
      expect(entries).toContainEqual(expect.objectContaining({ jti: '3' }))
      expect((await stat(join(folder, 'log'))).mode & 0o777).toBe(0o700)
      await expect(openRevocationLog(options())).rejects.toMatchObject({ code: 'store_in_use' })
      await log.close()
      // A cursor outlives the process.
      await using again = await openRevocationLog(options())
      await again.append(entry('later'))
      expect((await read(again, cursor)).entries).toMatchObject([{ jti: 'later' }])
    })
  }
})

describe('options of a log', () => {
  test.each([
    ['Options', undefined],
    ['store', {}],
    ['store', { store: '' }],
    ['store', { store: 'mysql://localhost/app' }],
    ['store', { store: '"postgres://me:hunter2@host/db"' }],
    ['store', { store: { memory: true, folder: 'x' } }],
    ['store', { store: { memory: false } }],
    ['store.folder', { store: { folder: 7 } }],
    ['store.folder', { store: { folder: new URL('https://example.com/x') } }],
    ['store', { store: { postgres: 'user:secret@host' } }],
    ['keyword service', { store: 'service=mine password=secret' }],
    ['target_session_attrs', { store: 'postgres://user:secret@one,two/x?target_session_attrs=standby' }],
    ['store.schema', { store: { postgres: 'postgres://h/x', schema: 'a; DROP TABLE b' } }],
    ['store.schema', { store: { postgres: 'postgres://h/x', schema: null } }],
    ['store.maxConnections', { store: { postgres: 'postgres://h/x', maxConnections: 0 } }],
    ['appendTimeoutMs', { store: { memory: true }, appendTimeoutMs: -1 }],
    ['pageEntries', { store: { memory: true }, pageEntries: 10_001 }],
    ['onEvent', { store: { memory: true }, onEvent: 'x' }],
  ])('are refused with a message about %s', async (name, options) => {
    const error = await openRevocationLog(options as never).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'invalid_options', message: expect.stringContaining(name) })
    expect(String(error)).not.toContain('secret')
  })
})
