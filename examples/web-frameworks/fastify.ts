import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutClientFromEnv } from '@backend-logout/node'
import fastify from 'fastify'
import { createLogout } from './logout.ts'

const handle = toNodeHandler(createLogout(createLogoutClientFromEnv()))
const app = fastify()

// A separate scope without body parsers: the handler reads the body itself.
app.register(async (scope) => {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  scope.all('/logout', (request, reply) => {
    reply.hijack()
    return handle(request.raw, reply.raw)
  })
})

await app.listen({ port: Number(process.env.PORT ?? 3000) })
