import { describe, expect, test } from 'vitest'
import type { Store } from './boss.ts'
import { Claims } from './claims.ts'
import { INTERACTIVE, laneOf, priorityOf } from './lanes.ts'

const about = (...lifetimesMs: number[]) => ({
  addedAt: 1_000,
  tokens: lifetimesMs.map((ms) => ({
    tokenType: 'access_token' as const,
    fingerprint: 'f',
    expiresAt: 1_000 + ms,
  })),
})

describe('the priority of a logout', () => {
  test('is higher for interactive logouts than for any in the backlog, and for rows of earlier versions', () => {
    expect(priorityOf('interactive', about(1e9))).toBe(INTERACTIVE)
    expect(priorityOf('backlog', about(60_000))).toBeLessThan(INTERACTIVE)
    expect(priorityOf('backlog', about(1e9))).toBe(0)
  })

  test('is higher within a lane if every token expires soon', () => {
    expect(priorityOf('backlog', about(60_000))).toBeGreaterThan(priorityOf('backlog', about(1e9)))
    expect(priorityOf('backlog', about(60_000, 1e9))).toBe(priorityOf('backlog', about(1e9)))
  })
})

test('every stored row has a lane', () => {
  const stored = [{ jwe: 'x', lane: 'interactive' }, { jwe: 'x' }, null, 'text', { lane: 7 }]
  expect(stored.map(laneOf)).toEqual(['interactive', 'backlog', 'backlog', 'backlog', 'backlog'])
})

interface Asked {
  readonly batchSize: number
  readonly minPriority?: number
  readonly maxPriority?: number
}

/** Claims over a queue with this many logouts in each lane. The statements are tested with a real Postgres. */
function claimsOver(queue: { interactive: number; backlog: number }) {
  const asked: Asked[] = []
  let id = 0
  const fetch = async (_: string, { batchSize, minPriority = 0, maxPriority = 1_000 }: Asked) => {
    asked.push({ batchSize, ...(minPriority && { minPriority }), ...(maxPriority < 1_000 && { maxPriority }) })
    const lanes = [...(maxPriority >= INTERACTIVE ? ['interactive'] : []), ...(minPriority === 0 ? ['backlog'] : [])]
    const jobs: object[] = []
    for (const lane of lanes as (keyof typeof queue)[]) {
      for (; queue[lane] > 0 && jobs.length < batchSize; queue[lane]--) jobs.push({ id: `${++id}`, data: { lane } })
    }
    return jobs
  }
  const claims = new Claims({ boss: { fetch }, within: () => undefined } as unknown as Store)
  return { claims, asked }
}
const start = (claims: Claims, count: number): string[] =>
  Array.from({ length: count }, () => laneOf(claims.next()?.data))

describe('Claims', () => {
  test('starts interactive logouts first, and the backlog every eighth time', async () => {
    const { claims } = claimsOver({ interactive: 100, backlog: 100 })
    await claims.fill(200)
    const first = start(claims, 80)
    expect(first.filter((lane) => lane === 'backlog')).toHaveLength(10)
    expect(first.slice(0, 8)).toEqual([...Array(7).fill('interactive'), 'backlog'])
  })

  test('gives the backlog a share, however many interactive logouts there are', async () => {
    const { claims, asked } = claimsOver({ interactive: 1_000_000, backlog: 1_000 })
    let backlog = 0
    for (let turn = 0; turn < 100; turn++) {
      await claims.fill(64)
      backlog += start(claims, 32).filter((lane) => lane === 'backlog').length
    }
    expect(backlog / 3200).toBeGreaterThan(0.1)
    expect(claims.size).toBeLessThan(3200 + 64 + 8)
    expect(asked).toContainEqual({ batchSize: 8, maxPriority: INTERACTIVE - 1 })
  })

  test('claims only interactive logouts while enough of the backlog waits', async () => {
    const { claims, asked } = claimsOver({ interactive: 0, backlog: 1_000 })
    await claims.fill(64)
    expect(await claims.fill(64)).toEqual({ claimed: 0, more: false })
    expect(asked).toEqual([{ batchSize: 64 }, { batchSize: 64, minPriority: INTERACTIVE }])
  })

  test('queries an empty outbox once', async () => {
    const { claims, asked } = claimsOver({ interactive: 0, backlog: 0 })
    expect(await claims.fill(64)).toEqual({ claimed: 0, more: false })
    expect(asked).toHaveLength(1)
  })
})
