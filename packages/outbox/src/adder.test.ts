import type { PgBoss } from 'pg-boss'
import { describe, expect, test } from 'vitest'
import { Adder, type NewLogout } from './adder.ts'
import { EntrySealer } from './entry.ts'
import { createFingerprint } from './fingerprint.ts'
import { createKeyring } from './keyring.ts'
import { readTokens } from './tokens.ts'

type Insert = (jobs: readonly { id: string }[]) => Promise<void>

// Tests with real databases cover pg-boss; these test when and how often it is called.
async function adderOver(insert: Insert, timeoutMs = 1000): Promise<{ adder: Adder; added: number[] }> {
  const added: number[] = []
  const boss = { insert: (_: string, jobs: { id: string }[]) => insert(jobs) } as unknown as PgBoss
  const store = { boss, inserts: 1, durably: () => ({ executeSql: async () => ({ rows: [] }) }) }
  const sealer = new EntrySealer(createKeyring(undefined), { queue: 'backend_logout', provider: undefined })
  return { adder: new Adder({ store, sealer, timeoutMs, added: (count) => added.push(count) }), added }
}
const tokens = (name: string): NewLogout => ({
  ...readTokens({ accessToken: name }, undefined, 1000, createFingerprint(undefined)),
  lane: 'interactive',
})
const outage = (code: string): Error => Object.assign(new Error('No.'), { code })

describe('Adder', () => {
  test('stores calls together that arrive while another one is being stored', async () => {
    const sizes: number[] = []
    const { adder, added } = await adderOver(async (jobs) => void sizes.push(jobs.length))
    const ids = await Promise.all(Array.from({ length: 1201 }, (_, index) => adder.add(tokens(`token-${index}`))))
    expect(sizes).toEqual([1, 500, 500, 200])
    expect(added).toEqual(sizes)
    expect(new Set(ids).size).toBe(1201)
  })

  test('does not resolve before it is stored', async () => {
    const stored = Promise.withResolvers<void>()
    const { adder } = await adderOver(() => stored.promise)
    let isDone = false
    const adding = adder.add(tokens('a')).then(() => (isDone = true))
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(isDone).toBe(false)
    stored.resolve()
    await adding
  })

  test('retries with the same ids while the database is down', async () => {
    const tried: string[] = []
    const codes = ['ECONNREFUSED', '57P03', '08006']
    const { adder } = await adderOver(async ([job]) => {
      tried.push(job?.id ?? '')
      const code = codes.shift()
      if (code) throw outage(code)
    })
    const id = await adder.add(tokens('a'))
    expect(tried).toEqual([id, id, id, id])
  })

  test('gives up on a database that stays down', async () => {
    const { adder, added } = await adderOver(() => Promise.reject(outage('ECONNREFUSED')), 200)
    await expect(adder.add(tokens('a'))).rejects.toMatchObject({ name: 'OutboxError', code: 'store_unavailable' })
    expect(added).toEqual([])
  })

  test('gives up in time on a database that does not respond, including unsent logouts', async () => {
    let calls = 0
    const { adder } = await adderOver(() => {
      calls++
      return new Promise(() => {})
    }, 100)
    const adding = ['a', 'b', 'c'].map((name) => adder.add(tokens(name)))
    for (const result of await Promise.allSettled([...adding, adder.insert([tokens('d')])])) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store_unavailable' } })
    }
    expect(calls).toBe(2)
    await adder.settle(60_000)
  })

  test('does not later store a logout that it has given up', async () => {
    const stored: string[] = []
    const first = Promise.withResolvers<void>()
    const { adder } = await adderOver(async (jobs) => {
      stored.push(...jobs.map(({ id }) => id))
      await first.promise
    }, 100)
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => adder.add(tokens(name))))
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    first.resolve()
    await new Promise((resolve) => setTimeout(resolve, 20))
    // The first one was sent.
    expect(stored).toHaveLength(1)
    await adder.add(tokens('d'))
    expect(stored).toHaveLength(2)
  })

  test('ends every call when it is closed', async () => {
    const { adder } = await adderOver(() => new Promise(() => {}), 60_000)
    const adding = adder.add(tokens('a'))
    adding.catch(() => {})
    await adder.settle(20)
    await expect(adding).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  test.each(['EAI_AGAIN', '57014', '25006', '57P01', '53300', 'ETIMEDOUT'])('waits out %s', async (code) => {
    const codes = [code]
    const { adder } = await adderOver(async () => {
      const next = codes.pop()
      if (next) throw outage(next)
    })
    await adder.add(tokens('a'))
  })

  test('does not retry a logout that the database refuses, and continues with the next', async () => {
    let calls = 0
    const { adder } = await adderOver(async () => {
      if (calls++ === 0) throw outage('42P01')
    })
    await expect(adder.add(tokens('a'))).rejects.toMatchObject({ code: 'store_unavailable' })
    await adder.add(tokens('b'))
    expect(calls).toBe(2)
  })

  test('does not reveal the address or password of the database', async () => {
    const { adder } = await adderOver(() => Promise.reject(new Error('postgres://user:hunter2@db/x is no good')))
    const error = await adder.add(tokens('a')).catch((error) => error)
    expect(`${error.message} ${error.cause.message}`).not.toContain('hunter2')
  })
})
