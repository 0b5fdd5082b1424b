import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { openOutbox } from '@backend-logout/outbox'
import { expect, test } from 'vitest'
import { createTerminal } from '../terminal/terminal.ts'
import { openOutboxOf } from './open.ts'

test('OUTBOX_PROVIDER binds logouts as the option provider of a worker does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'outbox-provider-'))
  try {
    const key = Buffer.alloc(32, 7).toString('base64url')
    const env = {
      OUTBOX_STORE: folder,
      OUTBOX_KEYS: `test:${key}`,
      OUTBOX_PROVIDER: 'shop',
      AUTHING_APP_ID: 'app',
      AUTHING_APP_HOST: 'https://id.example.com',
    }
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const added = await openOutboxOf({}, createTerminal({ env, stdin, stdout, stderr }), 'tokens')
    await added.add({ accessToken: 'token-1' })
    await added.close()

    const sent: unknown[] = []
    const logout = async (tokens: { accessToken?: string }) => {
      sent.push(tokens.accessToken)
      const revocation = { state: 'accepted', revoked: true, attempts: 1, durationMs: 1 } as const
      return { revoked: true, nothingToRevoke: false, tokens: [{ ...revocation, tokenType: 'access_token' as const }] }
    }
    const client = { appId: 'app', provider: 'https://id.example.com', logout }
    const encryptionKeys = [{ kid: 'test', key }]
    await using worker = await openOutbox({ store: folder, encryptionKeys, client: client as never, provider: 'shop' })
    expect(await worker.work({ untilEmpty: true })).toMatchObject({ revoked: 1, dead: 0 })
    expect(sent).toEqual(['token-1'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
