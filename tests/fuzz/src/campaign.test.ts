import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { run } from './campaign.ts'

test('a campaign waits for its last input, and reports its failure', async () => {
  vi.stubEnv('FUZZ_SECONDS', '1')
  let over = 0
  const send = async (): Promise<void> => {
    // Longer than the share of a campaign.
    await sleep(400)
    over++
    throw new Error('the last one fails')
  }
  const running = run({ name: 'last', inputs: fc.constant(0), known: [], limitMs: 5_000, send })
  await expect(running).rejects.toThrow(/npm run fuzz -- last --seed=\d+ --path=0/)
  expect(over).toBe(1)
  vi.unstubAllEnvs()
})
