/** The check that a proxy requests before it lets a request through: see nginx.conf. */
import { createCheckHandler } from '@backend-logout/revocations/server'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { serve } from 'srvx'
import { list } from './list.ts'
import { audience, issuer, jwksUri, port } from './settings.ts'

const keys = createRemoteJWKSet(new URL(jwksUri))
const check = createCheckHandler({
  list,
  verify: async (token) => (await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] })).payload,
})

const server = serve({ port, hostname: '127.0.0.1', silent: true, gracefulShutdown: false, fetch: check })
// An open list keeps the process alive, as an open server does.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => Promise.all([server.close(), list.close()]))
await server.ready()
console.log(`Listening on ${server.url}`)
