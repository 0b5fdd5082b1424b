import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { list } from './list.ts'
import { audience, issuer, jwksUri, listening, port } from './settings.ts'

const keys = createRemoteJWKSet(new URL(jwksUri))

async function statusFor(authorization = ''): Promise<number> {
  const token = authorization.replace(/^Bearer /i, '')
  const verified = await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] }).catch(() => undefined)
  if (!verified) return 401
  return { valid: 200, revoked: 401, stale: 503 }[list.check(verified.payload)]
}

const server = createServer(async (request, response) => {
  response.statusCode = await statusFor(request.headers.authorization)
  response.end(response.statusCode === 200 ? 'Your orders\n' : undefined)
})
server.listen(port, '127.0.0.1', () => listening((server.address() as AddressInfo).port))
