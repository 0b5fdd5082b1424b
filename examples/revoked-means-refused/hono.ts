import { isInvalidToken } from '@backend-logout/revocations'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { list } from './list.ts'
import { audience, issuer, jwksUri, listening, port } from './settings.ts'

const keys = createRemoteJWKSet(new URL(jwksUri))
const app = new Hono()

// jose verifies, and not hono/jwk, which refuses access tokens of type at+jwt (RFC 9068).
app.use(async (context, next) => {
  const token = context.req.header('authorization')?.replace(/^Bearer /i, '') ?? ''
  const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] }).catch((error) => {
    // Keys that cannot be fetched say nothing about the token.
    throw new HTTPException(isInvalidToken(error) ? 401 : 503)
  })
  const verdict = list.check(payload)
  if (verdict !== 'valid') throw new HTTPException(verdict === 'revoked' ? 401 : 503)
  await next()
})
app.get('/', (context) => context.text('Your orders\n'))

serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info) => listening(info.port))
