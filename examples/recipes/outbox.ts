/**
 * The provider is down when the user logs out. The outbox keeps the logout, and completes it when the provider is back.
 */
import { startEmulator } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { openOutbox } from '@backend-logout/outbox'

await using provider = await startEmulator()
const { accessToken, refreshToken } = await provider.signIn('alice')
const { appId, appSecret = '' } = provider.app
await using client = createLogoutClient({ appId, appSecret, appHost: provider.appHost, retries: 0 })

// In memory for this demonstration; a folder or a postgres:// address keeps it through a crash.
await using outbox = await openOutbox({ client, store: { memory: true } })

provider.answerNext({ status: 503, times: 2 })
const { revoked } = await client.logout({ accessToken, refreshToken })
console.log('revoked at once:', revoked)

if (!revoked) await outbox.add({ accessToken, refreshToken })
console.log('pending:', (await outbox.stats()).pending)

const { revoked: done } = await outbox.work({ untilEmpty: true })
console.log('done by the outbox:', done)
console.log('still alive at the provider:', provider.countActive())
