import { test } from 'vitest'
import { describeBehavior } from './behavior.ts'
import { type Answer, startStandIn } from './stand-in.ts'
import { createClient } from './surfaces.ts'

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describeBehavior('metadata-that-moves', () => {
  test.for(['core', 'node'] as const)('is fetched again in the background, through %s', async (library, { expect }) => {
    let path = '/old'
    await using provider = await startStandIn((origin) => ({
      '/openid-configuration': { body: { issuer: origin, revocation_endpoint: `${origin}${path}` } },
      '/old': {},
      '/new': {},
    }))
    const location = { issuer: provider.origin, metadataMaxAgeMs: 50 }
    const client = createClient(library, { origin: provider.origin, location })
    await client.revokeToken('first')
    path = '/new'
    await pause(100)
    // The old metadata serves this call, and no call waits for the new.
    await client.revokeToken('second')
    await expect.poll(() => provider.to('/openid-configuration').length).toBe(2)
    await pause(20)
    await client.revokeToken('third')
    expect(provider.to('/old').map(({ form }) => form.get('token'))).toEqual(['first', 'second'])
    expect(provider.to('/new').map(({ form }) => form.get('token'))).toEqual(['third'])
  })

  test.for(['core', 'node'] as const)(
    'remains in use if it cannot be fetched again, through %s',
    async (library, { expect }) => {
      const failures: readonly Answer[] = [{ status: 503 }, { body: '<html>' }, { body: { issuer: 'https://other' } }]
      let failure: Answer | undefined
      await using provider = await startStandIn((origin) => ({
        '/openid-configuration': failure ?? { body: { issuer: origin, revocation_endpoint: `${origin}/revoke` } },
        '/revoke': {},
      }))
      const location = { issuer: provider.origin, metadataMaxAgeMs: 20 }
      const client = createClient(library, { origin: provider.origin, location, options: { retries: 0 } })
      await client.revokeToken('a-token')
      for (failure of failures) {
        await pause(50)
        const asked = provider.to('/openid-configuration').length
        // Each call may start a fetch, unless the one before it is still in progress.
        const revokeAndCount = async () => {
          expect(await client.revokeToken('a-token')).toBe(true)
          return provider.to('/openid-configuration').length
        }
        await expect.poll(revokeAndCount).toBeGreaterThan(asked)
      }
      expect(await client.revokeToken('a-token')).toBe(true)
    },
  )
})
