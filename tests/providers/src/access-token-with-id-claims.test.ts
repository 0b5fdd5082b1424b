import { expect, test } from 'vitest'
import { describeBehavior, everywhere } from './behavior.ts'
import { startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { iss: 'https://id.example.com/', sub: 'alice', aud: 'app', exp: 4e9, iat: 1, auth_time: 1, nonce: 'n' }
const accessToken = `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`

describeBehavior('access-token-with-id-claims', () => {
  everywhere(
    'in the member accessToken, or with a hint',
    {},
    { state: 'accepted', requests: 1, outbox: 'revoked' },
    { accessToken },
  )

  test.each(['core', 'node'] as const)('with tokenTypeHint, through %s', async (library) => {
    await using provider = await startStandIn({ '/revocation': {}, '/introspection': { body: { active: true } } })
    const client = createClient(library, { origin: provider.origin })
    expect(await client.revokeToken(accessToken, { tokenTypeHint: 'access_token' })).toBe(true)
    expect(await client.introspectToken(accessToken, { tokenTypeHint: 'access_token' })).toEqual({ active: true })
    const states: string[] = []
    for await (const { state } of client.revokeTokens([{ token: accessToken, tokenTypeHint: 'access_token' }])) {
      states.push(state)
    }
    expect(states).toEqual(['accepted'])
  })

  test.each(['core', 'node'] as const)('without tokenTypeHint, nothing is sent, through %s', async (library) => {
    await using provider = await startStandIn({ '/revocation': {} })
    const client = createClient(library, { origin: provider.origin })
    await expect(client.revokeToken(accessToken)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(/tokenTypeHint/),
    })
    expect(provider.received).toEqual([])
  })
})
