import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import fastify from 'fastify'
import { createReceiver, type Places } from './back-channel.ts'

const handle = toNodeHandler(createReceiver(process.env as never as Places))
const app = fastify()
app.register(async (scope) => {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.all('/backchannel-logout', (request, reply) => {
    reply.hijack()
    return handle(request.raw, reply.raw)
  })
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
