import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import type { Application as EmulatorApplication } from '@backend-logout/emulator'
import { createLogoutClient } from '@backend-logout/node'
import { type Outbox, openOutbox } from '@backend-logout/outbox'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createPostgresSessionIndex,
  type ExpressSessionStore,
  expressSessions,
  type ReceiverEvent,
} from '@backend-logout/receiver'
import type { RevocationLog } from '@backend-logout/revocations/server'
import connectPgSimple from 'connect-pg-simple'
import express from 'express'
import session from 'express-session'
import { decodeJwt } from 'jose'
import pg from 'pg'

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}
declare module 'express-session' {
  interface SessionData {
    tokens?: Tokens
  }
}

/** An application, as its provider knows it. */
export interface Application extends Pick<EmulatorApplication, 'appId' | 'appSecret' | 'authMethod'> {
  readonly name: string
}

/** The functions of the provider that an application needs: the emulator's, or another one's. */
export interface Provider<App extends Application> {
  readonly issuer: string
  /** Signs a user in, as the browser and the login callback do together. */
  signIn(user: string, options: { readonly app: App }): Promise<Tokens & { readonly idToken: string }>
  /** Registers the address at which the application receives logouts. */
  sendLogoutsTo(uri: string, options: { readonly app: App }): Promise<unknown>
}

/** A browser that is logged in. */
export interface Login {
  readonly cookie: string
  readonly tokens: Tokens
  /** The session's id at the provider. */
  readonly sid: string
}

/** An application with sessions in Postgres, as Express stores them. */
export interface ExpressApplication extends AsyncDisposable {
  readonly events: ReceiverEvent[]
  readonly outbox: Outbox
  /** Signs a user in, and returns the browser's cookie and the tokens in its session. */
  logIn(user: string): Promise<Login>
  /** The login status of a browser: 200 or 401. */
  visit(cookie: string): Promise<number>
}

/** Starts an application of a provider. */
export async function startExpressApplication<App extends Application>(
  provider: Provider<App>,
  app: App,
  database: string,
  revocations: RevocationLog,
): Promise<ExpressApplication> {
  const { appId, appSecret = '', authMethod } = app
  const clientAuth = authMethod === 'client_secret_basic' ? authMethod : 'client_secret_post'
  const client = createLogoutClient({ appId, appSecret, issuer: provider.issuer, clientAuth })
  const encryptionKeys = [{ kid: '1', key: new Uint8Array(32).fill(7) }]
  const schema = `app_${app.name}`
  const outbox = await openOutbox({ client, store: { postgres: database, schema }, encryptionKeys })
  const pool = new pg.Pool({ connectionString: database })
  // `end()` resolves before the server has closed the connections. If it stops then, that is an error of the pool.
  pool.on('error', () => {})
  const store = new (connectPgSimple(session))({ pool, createTableIfMissing: true, pruneSessionInterval: false })
  const sessions = createPostgresSessionIndex({
    pool,
    schema: `${schema}_sessions`,
    ...expressSessions(store as ExpressSessionStore, (one: { tokens?: Tokens }) => one.tokens),
  })
  const events: ReceiverEvent[] = []
  const handler = createBackChannelHandler({
    verifier: createLogoutTokenVerifier({ issuer: provider.issuer, clientId: appId }),
    sessions,
    outbox,
    revocations,
    onEvent: (event) => events.push(event),
  })

  const server = express()
  // A parser in front of it: many applications have one for all routes.
  server.use(express.urlencoded({ extended: true }))
  server.post('/backchannel-logout', toNodeHandler(handler))
  server.use(session({ store, secret: 'of the test', resave: false, saveUninitialized: false }))
  server.post('/login', async (request, response) => {
    const { idToken, accessToken, refreshToken } = await provider.signIn(String(request.query.user), { app })
    await new Promise<void>((resolve, reject) =>
      request.session.regenerate((error) => (error ? reject(error) : resolve())),
    )
    request.session.tokens = { accessToken, refreshToken }
    await new Promise<void>((resolve, reject) => request.session.save((error) => (error ? reject(error) : resolve())))
    const { iss = '', sub = '', iat = 0, sid } = decodeJwt<{ sid?: string }>(idToken)
    const isLoggedIn = await sessions.add(request.sessionID, { iss, sub, iat, sid })
    if (!isLoggedIn) {
      await outbox.add({ accessToken, refreshToken })
      await sessions.end(request.sessionID)
    }
    response.status(isLoggedIn ? 200 : 403).json({ tokens: { accessToken, refreshToken }, sid })
  })
  server.get('/', (request, response) => void response.status(request.session.tokens ? 200 : 401).end())
  const listening: Server = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const origin = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
  await provider.sendLogoutsTo(`${origin}/backchannel-logout`, { app })

  return {
    events,
    outbox,
    async logIn(user) {
      const answer = await fetch(`${origin}/login?user=${user}`, { method: 'POST' })
      const [cookie = ''] = answer.headers.getSetCookie()
      return { ...((await answer.json()) as Omit<Login, 'cookie'>), cookie: cookie.split(';')[0] ?? '' }
    },
    visit: async (cookie) => (await fetch(origin, { headers: { cookie } })).status,
    async [Symbol.asyncDispose]() {
      listening.closeAllConnections()
      listening.close()
      await outbox.close()
      await client.close()
      await pool.end()
    },
  }
}
