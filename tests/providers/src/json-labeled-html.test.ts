import { expect, test } from 'vitest'
import { describeBehavior, everywhere } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

const headers = { 'content-type': 'text/html; charset=UTF-8' }

describeBehavior('json-labeled-html', () => {
  everywhere('a success', { headers, body: { revoked: true } }, { state: 'accepted' })
  everywhere(
    'a refused credential, with its reason',
    { status: 401, headers, body: { error: 'invalid_client', error_description: 'Client authentication failed' } },
    { state: 'live', code: 'client_auth_failed', reason: 'Client authentication failed', exitCode: 3 },
  )
  everywhere(
    'a kind of token that the provider cannot revoke',
    { status: 400, headers, body: { error: 'unsupported_token_type' } },
    { state: 'unsupported', code: 'unsupported_token_type', page: 'local_only', outbox: 'dead' },
  )
  everywhere(
    'a failure inside a 200',
    { headers, body: { error: 'invalid_request' } },
    { state: 'live', code: 'rejected' },
  )

  test.each(['core', 'node'] as const)('metadata and introspection, through %s', async (library) => {
    await using provider = await startStandIn((origin) => ({
      '/openid-configuration': { headers, body: { issuer: origin, introspection_endpoint: `${origin}/i` } },
      '/i': { headers, body: { active: true, sub: 'alice' } },
    }))
    const client = createClient(library, { origin: provider.origin, location: { issuer: provider.origin } })
    expect(await client.introspectToken('a-token')).toEqual({ active: true, sub: 'alice' })
  })
})
