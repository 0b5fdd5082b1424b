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
    // Anyone can invent a kid. Keys that cannot be fetched say nothing about the token.
    const isInvented = (error as { code?: unknown }).code === 'JWK_NOT_FOUND'
    throw Object.assign(new Error('The key of the token was not found.'), { statusCode: isInvented ? 401 : 503 })
  }
}

app.addHook('onRequest', (request) => request.jwtVerify())
app.get('/', () => 'Your orders\n')

listening(new URL(await app.listen({ port, host: '127.0.0.1' })).port)
