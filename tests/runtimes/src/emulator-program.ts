/** All runtime-dependent code of the emulator, in the runtime that starts this program. Prints the results. */
import { startEmulator } from '@backend-logout/emulator'

const emulator = await startEmulator()
const { issuer, apps } = emulator
const outcomes: string[] = []
for (const [name, app] of Object.entries(apps)) {
  const { appId, appSecret, authMethod } = app
  const { accessToken } = await emulator.signIn('alice', { app })
  const before = await emulator.isActive(accessToken)
  if (authMethod.startsWith('client_secret_') && !authMethod.endsWith('jwt')) {
    const body = new URLSearchParams({ token: accessToken, client_id: appId, client_secret: appSecret ?? '' })
    await (await fetch(`${issuer}/token/revocation`, { method: 'POST', body })).text()
  }
  outcomes.push(`${name} ${before} ${await emulator.isActive(accessToken)}`)
}
emulator.answerNext({ status: 503, body: 'busy' })
for (const path of ['/token/revocation', '/token/revocation', '/me', '/nothing']) {
  const response = await fetch(`${issuer}${path}`, path.startsWith('/token') ? { method: 'POST' } : {})
  await response.text()
  outcomes.push(`${path} ${response.status}`)
}
outcomes.push(`issued ${(await emulator.issueTokens(3)).length}`)
await emulator.close()
console.log(outcomes.join('\n'))
