import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const MEBIBYTE = 1_048_576
const ENTRY = new URL('./index.ts', import.meta.url).href

/** Uses a database in a process whose container has this much memory, and returns the most that it took, in MiB. */
function maxMemory(limit: number, folder: string): number {
  const program = `
    process.constrainedMemory = () => ${limit}
    const { openPrivateStore } = await import(${JSON.stringify(ENTRY)})
    const store = await openPrivateStore(${JSON.stringify(folder)})
    await store.exec('CREATE TABLE IF NOT EXISTS number (value int)')
    await store.query('INSERT INTO number SELECT generate_series(1, 10000)')
    for (let i = 0; i < 500; i++) await store.query('SELECT count(*), sum(value) FROM number WHERE value > $1', [i])
    await store.close()
    console.log(process.resourceUsage().maxRSS / 1024)`
  const options = { encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } } as const
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', program], options))
}

test('a folder, new or not, fits into a container with 300 MB', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-memory-'))
  const store = join(folder, 'store')
  try {
    expect(maxMemory(300 * MEBIBYTE, store)).toBeLessThan(300)
    expect(maxMemory(300 * MEBIBYTE, store)).toBeLessThan(300)
  } finally {
    await rm(folder, { recursive: true })
  }
})
