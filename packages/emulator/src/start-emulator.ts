import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Accounts, type User } from './accounts.ts'
import { type Application, type Applications, createApplications } from './applications.ts'
import { createControl } from './control.ts'
import { withoutCors } from './cross-origin.ts'
import { type Fault, Faults, type NextFault } from './faults.ts'
import { issueTokens } from './issue-tokens.ts'
import type { IssuedToken, IssueTokensOptions } from './issued-token.ts'
import { endSessionAtOnce } from './logout.ts'
import { type EmulatorOptions, type EmulatorSettings, readOptions } from './options.ts'
import { createProvider } from './provider.ts'
import { createRequestListener } from './request-listener.ts'
import { RequestLog, type RequestRecord } from './request-log.ts'
import { type SignedInTokens, signIn } from './sign-in.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'
import { MemoryStore } from './store.ts'
import { createStructuredTokens } from './structured-token.ts'
import { TokenLedger } from './token-ledger.ts'
import { translateAnswers } from './token-translation.ts'
import { answerUnrecognizedRoutes } from './unrecognized-route.ts'

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
  /**
   * Issues up to 200 000 tokens at once, without a sign-in for each: real ones, each under its own grant.
   * JWTs are signed with ES256 here, which is faster.
   */
  issueTokens(count: number, options?: IssueTokensOptions): Promise<string[]>
  /** Orders the answer to the next request, or the next `times` requests, at an endpoint. Orders are kept in line. */
  answerNext(fault: NextFault): void
  /** Orders the answer to every request at an endpoint, after those of {@link answerNext}, until {@link reset}. */
  answerAlways(fault: Fault): void
  /** The last 1000 requests to the provider's endpoints, oldest first, without secrets. */
  readonly requests: readonly RequestRecord[]
  /** Goes back to usual answers and forgets the requests. Tokens and sessions stay. */
  reset(): void
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
  const [apps, keys] = await Promise.all([createApplications({ ...settings, tls }), createSigningKeys()])

  const server = createServer(settings)
  const appHost = await listen(server, settings)
  try {
    // Nothing is awaited from here to the request listener, so that no request finds the server without one.
    return assemble({ server, settings, appHost, apps, keys })
  } catch (error) {
    server.close()
    throw error
  }
}

interface Foundation {
  readonly server: http.Server
  readonly settings: EmulatorSettings
  readonly appHost: string
  readonly apps: Applications
  readonly keys: SigningKeys
}

function assemble({ server, settings, appHost, apps, keys }: Foundation): Emulator {
  const closing = new AbortController()
  let closed: Promise<unknown> | undefined
  const close = async (): Promise<void> => {
    closing.abort()
    closed ??= once(server.close(), 'close')
    server.closeAllConnections()
    await closed
  }

  const issuer = `${appHost}/oidc`
  const store = new MemoryStore()
  const accounts = new Accounts()
  const ledger = new TokenLedger(store)
  const faults = new Faults()
  const requests = new RequestLog()
  const tokens = createStructuredTokens(issuer, settings.accessTokenFormat, keys, store)
  const cookieKey = randomBytes(32).toString('hex')
  const provider = createProvider({ ...settings, issuer, applications: apps, keys, cookieKey, store, accounts })
  provider.use(answerUnrecognizedRoutes)
  provider.use(withoutCors(settings.cors))
  provider.use(translateAnswers({ store, tokens, ledger, successBody: settings.successBody }))
  provider.use(endSessionAtOnce({ provider, store }))

  const emulator: Emulator = {
    appHost,
    issuer,
    app: apps.post,
    apps,
    signIn: async (user = 'user', { app = apps.post } = {}) => {
      const sub = typeof user === 'string' ? user : user.sub
      if (typeof user !== 'string') accounts.add(user)
      return signIn({ issuer, sub, application: app, tls: userAgentTls(settings, app) })
    },
    issueTokens: async (count, options = {}) =>
      issueTokens({ provider, store, tokens, ledger }, count, { app: apps.post, ...options }),
    isActive: async (token) => ledger.isActive(await tokens.unwrap(token)),
    countActive: () => ledger.countActive(),
    tokens: () => ledger.list(),
    answerNext: (fault) => faults.next(fault),
    answerAlways: (fault) => faults.always(fault),
    get requests() {
      return requests.records
    },
    reset: () => {
      faults.clear()
      requests.clear()
    },
    close,
    [Symbol.asyncDispose]: close,
  }

  const control = createControl(emulator)
  const parts = { appHost, provider, store, tokens, faults, requests, control, closing: closing.signal }
  server.on('request', createRequestListener({ ...settings, ...parts }))
  return emulator
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
