import { createServer } from 'node:http'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createReceiver, type Places } from './back-channel.ts'

const receive = createReceiver(process.env as never as Places)
createServer(toNodeHandler(receive)).listen(Number(process.env.PORT))
