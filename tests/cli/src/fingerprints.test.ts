import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { run } from './command-line.ts'
import { temporaryFolder } from './temporary-folder.ts'

const KEY = 'the-key-of-the-fingerprints'
const TOKEN = 'pin-1234'
const keyed = `hmac:${createHmac('sha256', KEY).update(TOKEN).digest('hex').slice(0, 16)}`
const bare = createHash('sha256').update(TOKEN).digest('hex').slice(0, 16)

const folder = temporaryFolder()
/** It knows one token, reports it as active, and refuses to revoke it. */
const provider = createServer(async (request, response) => {
  const isKnown = new URLSearchParams(await text(request)).get('token') === TOKEN
  const isIntrospection = request.url?.includes('introspect')
  response.writeHead(isIntrospection || !isKnown ? 200 : 400, { 'content-type': 'application/json' })
  response.end(isIntrospection ? JSON.stringify({ active: isKnown }) : isKnown ? '{"error":"invalid_request"}' : '{}')
})
const env: Record<string, string> = { AUTHING_APP_ID: 'app', AUTHING_APP_SECRET: 'secret-of-the-application' }
beforeAll(async () => {
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  env.AUTHING_APP_HOST = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(() => {
  provider.closeAllConnections()
  provider.close()
})

test('with FINGERPRINT_KEY, every command names tokens by it, and no output confirms a guess at a token', async () => {
  const output = folder.fresh()
  const keys = { ...env, FINGERPRINT_KEY: KEY }
  const shown = [
    await run(['revoke', '-o', output], { env: keys, input: TOKEN }),
    await run(['introspect'], { env: keys, input: TOKEN }),
    await run(['doctor', '-'], { env: keys, input: TOKEN }),
  ].map(({ stdout, stderr }) => stdout + stderr)
  for (const words of [...shown, readFileSync(output, 'utf8')]) {
    expect(words).toContain(keyed)
    expect(words).not.toContain(bare)
    expect(words).not.toContain(KEY)
  }
})

test('so does the outbox, in its database and its events', async () => {
  const outbox = {
    OUTBOX_STORE: inject('databases').fingerprints,
    OUTBOX_KEYS: (await run(['outbox', 'key'])).stdout.trim(),
    FINGERPRINT_KEY: KEY,
  }
  expect(
    await run(['outbox', 'add'], { env: { ...env, ...outbox }, input: JSON.stringify({ access_token: TOKEN }) }),
  ).toMatchObject({ code: 0 })
  await run(['outbox', 'work', '--until-empty'], { env: { ...env, ...outbox } })
  const { stdout } = await run(['outbox', 'dead', '--json'], { env: { ...env, ...outbox } })
  expect(stdout).toContain(keyed)
  expect(stdout).not.toContain(bare)
})

test('the key can be in a private file; one that others can read causes a warning', async () => {
  const file = folder.file(`${KEY}\n`)
  chmodSync(file, 0o600)
  const quiet = await run(['introspect'], { env: { ...env, FINGERPRINT_KEY_FILE: file }, input: TOKEN })
  expect(quiet).toMatchObject({ code: 0, stdout: expect.stringContaining(keyed), stderr: '' })
  chmodSync(file, 0o644)
  const open = await run(['introspect'], { env: { ...env, FINGERPRINT_KEY_FILE: file }, input: TOKEN })
  expect(open).toMatchObject({ code: 0, stdout: expect.stringContaining(keyed), stderr: expect.stringContaining(file) })
})

test.each([
  [{ FINGERPRINT_KEY: 'short-canary' }, 'FINGERPRINT_KEY must have at least 16 bytes'],
  [{ FINGERPRINT_KEY_FILE: 'no-such-canary' }, 'The file of FINGERPRINT_KEY_FILE cannot be read'],
])('%j is refused before anything is sent, and not repeated', async (wrong, said) => {
  for (const command of [['revoke'], ['introspect'], ['doctor', '-']]) {
    const ended = await run(command, { env: { ...env, ...wrong }, input: TOKEN })
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
    expect(ended.stdout + ended.stderr).not.toContain('canary')
  }
})
