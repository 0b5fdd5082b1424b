import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the metrics report how many logouts wait, and their outcomes', async () => {
  const program = fileURLToPath(new URL('outbox-metrics.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  expect(stdout).toMatch(/backend_logout\.outbox\.events[\s\S]*'backend_logout\.event': 'added'[\s\S]*value: 2/)
  expect(stdout).toMatch(/backend_logout\.outbox\.logouts[\s\S]*'backend_logout\.state': 'pending'[\s\S]*value: 2/)
  expect(stdout).toContain('backend_logout.outbox.oldest.age')
}, 60_000)
