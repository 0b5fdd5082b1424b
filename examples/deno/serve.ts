import { createLogoutClientFromEnv } from '@backend-logout/deno'
import * as oidc from 'openid-client'
import { createBackend } from './backend.ts'

using client = createLogoutClientFromEnv()
const port = Number(Deno.args[0] ?? 3000)
const origin = `http://localhost:${port}`
const [appId = '', appSecret = '', appHost = ''] = ['AUTHING_APP_ID', 'AUTHING_APP_SECRET', 'AUTHING_APP_HOST'].map(
  (name) => Deno.env.get(name),
)

const onThisMachine = appHost.startsWith('http://127.0.0.1:')
const provider = await oidc.discovery(new URL(`${appHost}/oidc`), appId, undefined, oidc.ClientSecretPost(appSecret), {
  execute: onThisMachine ? [oidc.allowInsecureRequests] : [],
})
const backend = createBackend({ origin, provider, client })
await Deno.serve({ hostname: 'localhost', port, onListen: () => console.log(`Listening on ${origin}`) }, backend)
  .finished
