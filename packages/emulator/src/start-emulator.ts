import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Accounts, type User } from './accounts.ts'
import { type Application, type Applications, createApplications } from './applications.ts'
import { type EmulatorOptions, type EmulatorSettings, readOptions } from './options.ts'
import { createProvider } from './provider.ts'
import { createRequestListener } from './request-listener.ts'
import { type SignedInTokens, signIn } from './sign-in.ts'
import { createSigningKeys } from './signing-keys.ts'
import { MemoryStore } from './store.ts'
import { createStructuredTokens } from './structured-token.ts'
import { type IssuedToken, TokenLedger } from './token-ledger.ts'
import { translateAnswers } from './token-translation.ts'

/** A running emulator. */
export interface Emulator extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:49152`; GenAuth calls this the application's authentication address. */
  readonly appHost: string
  /** The OpenID issuer, `{appHost}/oidc`. */
  readonly issuer: string
  /** The default application: `client_secret_post`, as at GenAuth. */
  readonly app: Application
  /** A ready application for each way of client authentication. */
  readonly apps: Applications
  /**
   * Signs a user in with a real authorization-code flow over HTTP. Anybody may sign in.
   *
   * @param user A subject, or a subject with further claims for `/oidc/me`. By default a user of that name.
   */
  signIn(user?: string | User, options?: { readonly app?: Application }): Promise<SignedInTokens>
  /** Whether the provider still honours a token, asked of its store and not over HTTP. */
  isActive(token: string): Promise<boolean>
  /** Lists the last 10 000 tokens that were issued, by fingerprint. */
  tokens(): IssuedToken[]
  /** How many access and refresh tokens the provider still honours. */
  countActive(): number
  /** Stops listening, drops every connection and forgets everything. */
  close(): Promise<void>
}

/**
 * Starts a local provider that speaks as GenAuth does, on loopback only.
 *
 * @throws {TypeError} When an option is not usable; the message names it.
 * @example
 * ```ts
 * import { startEmulator } from '@backend-logout/emulator'
 *
 * await using emulator = await startEmulator()
 * const { accessToken } = await emulator.signIn('alice')
 * await emulator.isActive(accessToken) // true
 * ```
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = readOptions(options)
  const tls = settings.tls?.requestCert === true
  const [applications, keys] = await Promise.all([createApplications({ ...settings, tls }), createSigningKeys()])

  const server = createServer(settings)
  const appHost = await listen(server, settings)
  const issuer = `${appHost}/oidc`

  const store = new MemoryStore()
  const accounts = new Accounts()
  const ledger = new TokenLedger(store)
  const tokens = createStructuredTokens(issuer, settings.accessTokenFormat, keys, store)
  const cookieKey = randomBytes(32).toString('hex')
  const provider = createProvider({ ...settings, issuer, applications, keys, cookieKey, store, accounts })
  provider.use(translateAnswers({ store, tokens, ledger }))
  server.on('request', createRequestListener({ appHost, provider, tokens }))

  const close = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  return {
    appHost,
    issuer,
    app: applications.post,
    apps: applications,
    signIn: async (user = 'user', { app = applications.post } = {}) => {
      const sub = typeof user === 'string' ? user : user.sub
      if (typeof user !== 'string') accounts.add(user)
      return signIn({ issuer, sub, application: app, tls: userAgentTls(settings, app) })
    },
    isActive: async (token) => ledger.isActive(await tokens.unwrap(token)),
    tokens: () => ledger.list(),
    countActive: () => ledger.countActive(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function createServer({ tls }: EmulatorSettings): http.Server | https.Server {
  if (tls === undefined) return http.createServer()
  const { key, cert, ca, requestCert = false } = tls
  // A client without a certificate may connect: only the application `tls` needs one.
  return https.createServer({ key, cert, requestCert, rejectUnauthorized: false, ...(ca === undefined ? {} : { ca }) })
}

async function listen(server: http.Server, { host, port, tls }: EmulatorSettings): Promise<string> {
  server.listen(port, host)
  await once(server, 'listening')
  const { port: actualPort } = server.address() as AddressInfo
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${actualPort}`
}

function userAgentTls({ tls }: EmulatorSettings, application: Application) {
  if (tls === undefined) return undefined
  return { ca: tls.ca ?? tls.cert, ...(application.authMethod === 'tls_client_auth' ? tls.client : {}) }
}
