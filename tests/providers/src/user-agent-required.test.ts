import { expect, test } from 'vitest'
import { describeBehavior, everywhere } from './behavior.ts'
import { type Answering, startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

/** Amazon's common rules for web application firewalls. */
const firewall: Answering = ({ headers }) =>
  headers['user-agent'] ? {} : { status: 403, body: '<html><h1>403 Forbidden</h1></html>' }

describeBehavior('user-agent-required', () => {
  everywhere('the revocation passes', firewall, { state: 'accepted', requests: 1 })

  test.each(['core', 'node'] as const)('metadata and introspection also pass, through %s', async (library) => {
    await using provider = await startStandIn((origin) => ({
      '/openid-configuration': ({ headers }) =>
        headers['user-agent']
          ? { body: { issuer: origin, revocation_endpoint: `${origin}/r`, introspection_endpoint: `${origin}/i` } }
          : { status: 403 },
      '/i': ({ headers }) => (headers['user-agent'] ? { body: { active: false } } : { status: 403 }),
    }))
    const client = createClient(library, { origin: provider.origin, location: { issuer: provider.origin } })
    expect(await client.introspectToken('a-token')).toEqual({ active: false })
    const agents = new Set(provider.received.map(({ headers }) => headers['user-agent']))
    expect([...agents]).toEqual([expect.stringMatching(/^backend-logout\/\d+\.\d+\.\d+\S* Node\.js\/\d+/)])
  })

  test.each(['core', 'node'] as const)('the application can send its own value, through %s', async (library) => {
    await using provider = await startStandIn({ '/token/revocation': {} })
    const options = { headers: { 'User-Agent': 'shop/2' } }
    await createClient(library, { origin: provider.origin, options }).revokeToken('a-token')
    expect(provider.received[0]?.headers['user-agent']).toBe('shop/2')
  })
})
