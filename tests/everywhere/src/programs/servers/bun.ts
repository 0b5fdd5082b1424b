import { createReceiver, type Places } from './back-channel.ts'

const receive = createReceiver(process.env as never as Places)
Bun.serve({ port: Number(process.env.PORT), hostname: '127.0.0.1', routes: { '/backchannel-logout': receive } })
