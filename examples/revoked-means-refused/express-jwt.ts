import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { expressjwt, UnauthorizedError } from 'express-jwt'
import buildGetJwks from 'get-jwks'
import { list } from './list.ts'
import { audience, issuer, listening, port } from './settings.ts'

const jwks = buildGetJwks({ issuersWhitelist: [issuer] })
const app = express()

app.use(
  expressjwt({
    algorithms: ['RS256'],
    issuer,
    audience,
    secret: async (_request, token) => {
      if (!token?.header.kid) throw new UnauthorizedError('invalid_token', { message: 'This is not a token.' })
      try {
        return await jwks.getPublicKey({ domain: issuer, alg: 'RS256', kid: token.header.kid })
      } catch (error) {
        // Without a status, anyone could make this API answer 500 with a kid that they have invented.
        if ((error as { code?: unknown }).code !== 'JWK_NOT_FOUND') throw error
        throw new UnauthorizedError('invalid_token', { message: 'The provider has no such key.' })
      }
    },
    isRevoked: (_request, token) => {
      const verdict = list.check(token?.payload as object)
      if (verdict === 'stale') throw Object.assign(new Error('The revocation list is stale.'), { status: 503 })
      return verdict === 'revoked'
    },
  }),
)
app.get('/', (_request, response) => response.send('Your orders\n'))
// An error without a status, such as keys that cannot be fetched, says nothing about the token.
app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) =>
  response.sendStatus(error.status ?? 503),
)

const server = app.listen(port, '127.0.0.1', () => listening((server.address() as AddressInfo).port))
