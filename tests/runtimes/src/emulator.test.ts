import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { programIn, SERVER_RUNTIMES } from './runtimes.ts'

const OUTCOMES = `post true false
basic true false
none true true
privateKeyJwt true true
clientSecretJwt true true
/token/revocation 503
/token/revocation 400
/me 401
/nothing 404
issued 3
`

test.each(SERVER_RUNTIMES)('the emulator works in %s, and prints nothing', { timeout: 60_000 }, async (name) => {
  const [command, ...args] = programIn(name, join(import.meta.dirname, 'emulator-program.ts'))
  const env = { ...process.env, NO_COLOR: '1' }
  expect(await promisify(execFile)(command, args, { cwd: import.meta.dirname, env })).toEqual({
    stdout: OUTCOMES,
    stderr: '',
  })
})
