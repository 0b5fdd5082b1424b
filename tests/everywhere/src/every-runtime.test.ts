import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const bin = (name: string): string => join(import.meta.dirname, '../node_modules/.bin', name)
let folder: string
let program: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-logout-receiver-'))
  program = join(folder, 'program.mjs')
  const entry = join(import.meta.dirname, 'programs/every-runtime.ts')
  // For no platform in particular: what only Node.js has would not be found.
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each<[string, readonly string[]]>([
  ['Node.js', [process.execPath]],
  ['Deno', [bin('deno'), 'run', '--no-config', '--no-remote']],
  ['Bun', [bin('bun'), 'run']],
])('%s verifies, refuses and decrypts logout tokens', async (_name, [command = '', ...args]) => {
  const { stdout } = await run(command, [...args, program], { cwd: folder, env: { ...process.env, NO_COLOR: '1' } })
  expect(stdout.trim().split('\n').at(-1)).toBe('3 cases')
})
