import { expect, test } from 'vitest'
import { openEmbeddedStore } from './embedded-store.ts'
import { MAX_RETRY_AFTER_MS } from './pace.ts'
import { Pacer } from './pacer.ts'

test('no wait that a provider requires stops a worker for longer than an hour', async () => {
  const store = await openEmbeddedStore(undefined, () => {})
  const ignore = (): void => {}
  const pacer = new Pacer(store, { emit: ignore, report: ignore, changed: ignore, resumed: ignore })
  const now = performance.now()
  pacer.learn({ kind: 'throttled', code: 'rate_limited', retryAfterMs: 3_000_000_000 }, now)
  expect(pacer.pausedUntil).toBeGreaterThan(now)
  expect(pacer.pausedUntil).toBeLessThanOrEqual(performance.now() + MAX_RETRY_AFTER_MS)
  await store.close()
})
