import jwt, { type TokenOrHeader } from '@fastify/jwt'
import fastify, { type FastifyRequest } from 'fastify'
import buildGetJwks from 'get-jwks'
import { list } from './list.ts'
import { audience, issuer, listening, port } from './settings.ts'

const jwks = buildGetJwks({ issuersWhitelist: [issuer] })
const app = fastify()

app.register(jwt, {
  decode: { complete: true },
  secret: keyOf,
  verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience },
  trusted: async (_request, claims) => {
    const verdict = list.check(claims)
    if (verdict === 'stale') throw Object.assign(new Error('The revocation list is stale.'), { statusCode: 503 })
    return verdict === 'valid'
  },
})

async function keyOf(_request: FastifyRequest, token: TokenOrHeader): Promise<string> {
  const { kid } = 'header' in token ? token.header : token
  try {
    return await jwks.getPublicKey({ domain: issuer, alg: 'RS256', kid })
  } catch (error) {
    // Without a status, anyone could make this API answer 500 with a kid that they have invented.
    if ((error as { code?: unknown }).code !== 'JWK_NOT_FOUND') throw error
    throw Object.assign(new Error('The provider has no such key.'), { statusCode: 401 })
  }
}

app.addHook('onRequest', (request) => request.jwtVerify())
app.get('/', () => 'Your orders\n')

listening(new URL(await app.listen({ port, host: '127.0.0.1' })).port)
