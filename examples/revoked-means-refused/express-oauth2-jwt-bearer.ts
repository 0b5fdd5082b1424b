import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { list } from './list.ts'
import { audience, issuer, jwksUri, listening, port } from './settings.ts'

const app = express()

app.use(
  auth({
    issuer,
    audience,
    jwksUri,
    tokenSigningAlg: 'RS256',
    validators: { jti: (_jti, claims) => list.check(claims) !== 'revoked' },
  }),
)
// Every validator that fails is a 401. Clients discard their tokens on 401, so a stale list gets another status.
app.use((request, response, next) => {
  if (list.check(request.auth?.payload ?? {}) === 'valid') next()
  else response.sendStatus(503)
})
app.get('/', (_request, response) => response.send('Your orders\n'))
app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) =>
  response.sendStatus(error.status ?? 500),
)

const server = app.listen(port, '127.0.0.1', () => listening((server.address() as AddressInfo).port))
