import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { start } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const ROWS = 200_000
const env = {
  AUTHING_APP_ID: 'app',
  AUTHING_APP_SECRET: 'secret',
  AUTHING_APP_HOST: 'https://example.genauth.ai',
  // All rows together take 50 MB, so the command cannot keep them.
  NODE_OPTIONS: '--max-old-space-size=32 --max-semi-space-size=1',
}

/** Writes many rows with tokens of 200 characters. */
function write(name: string, heading: string, row: (token: string, at: number) => string): string {
  const path = join(folder.path, name)
  const file = openSync(path, 'w')
  writeSync(file, heading)
  for (let at = 0; at < ROWS; at += 1_000) {
    const rows = Array.from({ length: 1_000 }, (_, more) => row(`${at + more}.`.padEnd(200, 'abcdefghij'), at + more))
    writeSync(file, `${rows.join('\n')}\n`)
  }
  return path
}

test.each<[what: string, heading: string, row: (token: string, at: number) => string, options: readonly string[]]>([
  ['a list', '', (token) => token, []],
  ['a table', 'user_id,token\n', (token, at) => `user-${at},${token}`, ['--column', 'token', '--keep', 'user_id']],
  ['lines of JSON', '', (token) => JSON.stringify({ token }), ['--column', 'token']],
])('a dry run over %s keeps no row in memory', { timeout: 120_000 }, async (what, heading, row, options) => {
  const input = write(what.replaceAll(' ', '-'), heading, row)
  const { code, stdout, stderr } = await start(['revoke', '--dry-run', '--json', ...options, input], { env }).ended
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, tokens: ROWS })
})
