import { expect, test } from 'vitest'
import { failOverRounds } from './failover.ts'
import { startLimitedProvider } from './fleet.ts'

test('no acknowledged logout is lost when a primary fails and its synchronous standby takes over', async () => {
  await using provider = await startLimitedProvider()
  const result = await failOverRounds(provider, 'synchronous', 2)
  expect(result.acknowledged).toBeGreaterThan(20)
  expect(result).toMatchObject({ lost: 0, rejected: 0 })
  // Some three seconds. A claim that nobody releases would last fifteen minutes.
  expect(result.nextRevoked - result.promotion).toBeLessThan(60)
})
