import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from './boss.ts'
import { Claims } from './claims.ts'
import { openStore, stopBoss } from './store.ts'

let store: Store
beforeAll(async () => {
  const report = (problem: unknown): void => expect.fail(String(problem))
  store = await openStore({ kind: 'embedded', folder: undefined }, report, report)
})
afterAll(async () => {
  await stopBoss(store)
  await store.close()
})

test('large logouts are claimed up to a total size, and the others as if for the first time', async () => {
  await store.within(0).executeSql(
    `INSERT INTO backend_logout.job (name, data)
    SELECT 'logouts', jsonb_build_object('jwe', repeat(repeat('x', 1000), 1000)) FROM generate_series(1, 40)`,
  )
  const claims = new Claims(store)
  const held: { readonly id: string }[] = []
  const claimAll = async (): Promise<number[]> => {
    while ((await claims.fill(500)).claimed > 0);
    const jobs = claims.takeWaiting()
    held.push(...jobs)
    return jobs.map(({ retryCount }) => retryCount)
  }
  // 32 MiB, less the room for another logout.
  expect(await claimAll()).toEqual(Array(32).fill(0))
  expect([claims.size, claims.isLow(500)]).toEqual([32, false])
  expect(await claimAll()).toEqual([])
  for (const job of held.splice(0)) claims.settled(job)
  expect(claims.isLow(500)).toBe(true)
  expect(await claimAll()).toEqual(Array(8).fill(0))
})
