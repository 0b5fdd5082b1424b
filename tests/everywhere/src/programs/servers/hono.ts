import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createReceiver, type Places } from './back-channel.ts'

const receive = createReceiver(process.env as never as Places)
const app = new Hono()
app.all('/backchannel-logout', (context) => receive(context.req.raw))
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
