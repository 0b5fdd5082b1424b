import { env } from 'cloudflare:workers'
import { createReceiver } from './back-channel.ts'

// biome-ignore lint/style/noDefaultExport: a worker is one
export default { fetch: createReceiver(env) }
