import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Accounts } from './accounts.ts'
import { type Application, type Applications, createApplications } from './applications.ts'
import { BackchannelLogout } from './backchannel-logout.ts'
import { createControl } from './control.ts'
import { withoutCors } from './cross-origin.ts'
import { advertisePaths } from './custom-paths.ts'
import type { Emulator } from './emulator.ts'
import { Faults } from './faults.ts'
import { issueTokens } from './issue-tokens.ts'
import { endSession, endSessionAtOnce } from './logout.ts'
import type { ManagementAccess } from './management-signature.ts'
import { refuseUnknown } from './option-names.ts'
import { type EmulatorOptions, type EmulatorSettings, readOptions } from './options.ts'
import { OwnAddress } from './own-address.ts'
import { createProvider } from './provider.ts'
import { createRequestListener } from './request-listener.ts'
import { RequestLog } from './request-log.ts'
import { signIn } from './sign-in.ts'
import { createSigningKeys, type SigningKeys } from './signing-keys.ts'
import { MemoryStore } from './store.ts'
import { createStructuredTokens } from './structured-token.ts'
import { TokenLedger } from './token-ledger.ts'
import { translateAnswers } from './token-translation.ts'
import { answerUnrecognizedRoutes } from './unrecognized-route.ts'
import { Webhooks } from './webhooks.ts'

/**
 * Starts a local provider that behaves like GenAuth, on loopback only.
 *
 * @throws {TypeError} When an option is invalid; the message names it.
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
  provider.use(advertisePaths(appHost, settings.paths))
  provider.use(withoutCors(settings.cors))
  provider.use(translateAnswers({ store, tokens, ledger, successBody: settings.successBody }))
  const backchannel = new BackchannelLogout(provider, keys)
  provider.use(endSessionAtOnce({ provider, store, backchannel }))

  // GenAuth's are of this form.
  const access: ManagementAccess = Object.freeze({
    host: appHost,
    accessKeyId: randomBytes(12).toString('hex'),
    accessKeySecret: randomBytes(16).toString('hex'),
  })
  const webhooks = new Webhooks(access.accessKeyId)

  const emulator: Emulator = {
    appHost,
    issuer,
    app: apps.post,
    apps,
    management: access,
    signIn: async (user = 'user', options = {}) => {
      refuseUnknown(options, { app: true }, 'signIn()')
      const { app = apps.post } = options
      const sub = typeof user === 'string' ? user : user.sub
      if (typeof user !== 'string') accounts.add(user)
      const { authorization = '/oidc/auth', token = '/oidc/token' } = settings.paths
      const endpoints = { authorization: `${appHost}${authorization}`, token: `${appHost}${token}` }
      return signIn({ issuer, endpoints, sub, application: app, tls: userAgentTls(settings, app) })
    },
    issueTokens: async (count, options = {}) =>
      issueTokens({ provider, store, tokens, ledger, app: options.app ?? apps.post }, count, options),
    sendLogoutsTo: (uri, options = {}) => backchannel.register(uri, options.app ?? apps.post, options),
    logOut: async (user, options = {}) => {
      refuseUnknown(options, { sid: true }, 'logOut()')
      const { sid } = options
      const sessions = [...store.records('Session')].filter(({ accountId, authorizations = {} }) => {
        const isNamed = sid === undefined || Object.values(authorizations).some((one) => one.sid === sid)
        return accountId === user && isNamed
      })
      const deliveries = sessions.map(({ jti }) => endSession({ store, backchannel }, jti))
      return (await Promise.all(deliveries)).flat()
    },
    sendWebhooksTo: (uri, options) => webhooks.register(uri, options),
    sendWebhook: (event, user) => webhooks.send(event, { user }),
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

  const address = new OwnAddress(appHost)
  const control = createControl(emulator, address)
  const parts = {
    appHost,
    address,
    provider,
    store,
    backchannel,
    access,
    webhooks,
    tokens,
    faults,
    requests,
    control,
    closing: closing.signal,
  }
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
