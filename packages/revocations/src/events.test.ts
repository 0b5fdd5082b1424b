import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { followRevocations } from './follow.ts'
import { openRevocationLog } from './server/open-log.ts'

/** Listeners that fail later. */
const listeners: [string, () => unknown][] = [
  ['an async function', async () => Promise.reject(new Error('listener'))],
  ['a promise of another realm', runInNewContext("() => Promise.reject(new Error('listener'))")],
]

// An unhandled rejection ends the process.
test.each(listeners)('%s that rejects breaks neither a log nor a list', async (_, listener) => {
  const unhandled: unknown[] = []
  const onUnhandled = (reason: unknown): unknown => unhandled.push(reason)
  process.on('unhandledRejection', onUnhandled)
  try {
    let calls = 0
    const onEvent = (): unknown => {
      calls++
      return listener()
    }
    await using log = await openRevocationLog({ store: { memory: true }, onEvent })
    await using list = followRevocations({ source: log, onEvent })
    await list.ready
    await log.append({ iss: 'https://id.example.com', jti: '1', until: 2_000_000_000 })
    expect(calls).toBeGreaterThanOrEqual(2)
    // Node.js reports a rejection after all microtasks.
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  } finally {
    process.off('unhandledRejection', onUnhandled)
  }
})
