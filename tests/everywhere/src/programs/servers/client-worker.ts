import { env } from 'cloudflare:workers'
import { createLogoutClient } from '@backend-logout/core'

const client = createLogoutClient({ appId: 'app', issuer: env.ISSUER, allowInsecureHttp: true })

// biome-ignore lint/style/noDefaultExport: a worker is one
export default { fetch: async () => Response.json({ revoked: await client.revokeToken('a-token') }) }
