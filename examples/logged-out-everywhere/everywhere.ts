/** Alice logs out at one application, and is logged out everywhere: `npm run demo:everywhere`. */
import { startEmulator } from '@backend-logout/emulator'
import { followRevocations } from '@backend-logout/revocations'
import { openRevocationLog } from '@backend-logout/revocations/server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { startApplication } from './application.ts'

await using provider = await startEmulator()
await using log = await openRevocationLog({ store: { memory: true } })

// The API verifies tokens locally, and checks its list.
await using list = followRevocations({ source: log })
await list.ready
const keys = createRemoteJWKSet(new URL(`${provider.issuer}/.well-known/jwks.json`))
const api = async (token: string): Promise<number> => {
  const { payload } = await jwtVerify(token, keys, { issuer: provider.issuer, algorithms: ['RS256'] })
  return { valid: 200, revoked: 401, stale: 503 }[list.check(payload)]
}

const a = await startApplication(provider, provider.apps.post, log)
const b = await startApplication(provider, provider.apps.basic, log)
await a.logIn('alice')
const id = await b.logIn('alice')
const { accessToken = '', refreshToken = '' } = b.store.get(id) ?? {}
console.log('sessions at A and B:', a.store.size, b.store.size)
console.log('the API says:', await api(accessToken))

// Alice logs out. The provider calls both applications.
console.log('reported:', (await provider.logOut('alice')).map(({ status }) => status).join(', '))
console.log('sessions at A and B:', a.store.size, b.store.size)
console.log('the API says:', await api(accessToken))

// The outbox revokes the tokens at the provider. In production, a worker runs all the time.
await Promise.all([a.outbox.work({ untilEmpty: true }), b.outbox.work({ untilEmpty: true })])
console.log("B's refresh token works:", await provider.isActive(refreshToken))
await Promise.all([a.close(), b.close()])
