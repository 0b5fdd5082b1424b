import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isInvalidToken } from '@backend-logout/revocations'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { list } from './list.ts'
import { audience, issuer, jwksUri, listening, port } from './settings.ts'

const keys = createRemoteJWKSet(new URL(jwksUri))

async function statusFor(authorization = ''): Promise<number> {
  const token = authorization.replace(/^Bearer /i, '')
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] })
    return { valid: 200, revoked: 401, stale: 503 }[list.check(payload)]
  } catch (error) {
    // Keys that cannot be fetched say nothing about the token.
    return isInvalidToken(error) ? 401 : 503
  }
}

const server = createServer(async (request, response) => {
  response.statusCode = await statusFor(request.headers.authorization)
  response.end(response.statusCode === 200 ? 'Your orders\n' : undefined)
})
server.listen(port, '127.0.0.1', () => listening((server.address() as AddressInfo).port))
