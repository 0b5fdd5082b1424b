import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { clients } from './clients.ts'

const run = promisify(execFile)

/** Runs a program of this folder in a separate process; rejects if it fails, or does not end in time. */
function start(program: string, argument: string): Promise<{ stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url))
  // Options of the environment such as `--trace-warnings` would count as output.
  const { NODE_OPTIONS: _, ...env } = process.env
  return run(process.execPath, [path, argument], { timeout: 25_000, env })
}

describe.concurrent('a process', () => {
  it.for(['@backend-logout/core', '@backend-logout/node'])(
    'imports %s without any I/O or side effect',
    async (name) => {
      const { stdout, stderr } = await start('import-only.ts', name)
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({ started: [], globals: 0, environmentChanged: false, listeners: 0 })
    },
  )

  it.for(clients.map(({ name }) => name))('ends on its own after its calls with %s, without output', async (name) => {
    expect(await start('after-the-calls.ts', name)).toEqual({ stdout: '', stderr: '' })
  })
})
