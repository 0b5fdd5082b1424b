import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DENO } from './packed.ts'

/** The server and the application of a contestant. */
export interface Setting {
  readonly url: string
  readonly appId: string
  readonly appSecret: string
  /** The number of concurrent calls. */
  readonly inFlight: number
  /** The server's certificate, in PEM, if it uses TLS. Runtimes also trust it through NODE_EXTRA_CA_CERTS. */
  readonly ca?: string
  /** True if the process does other work before it is measured. */
  readonly otherWork?: boolean
  /** The folder of our packages as they are published. */
  readonly packed: string
}

/** Revokes one token, and rejects if that did not succeed. */
export type Revoke = (token: string) => Promise<unknown>

/** The runtimes in which calls are measured. */
export type RuntimeName = 'Node.js' | 'Deno' | 'Bun'

/** A client that takes part. */
export interface Contestant {
  readonly kind: 'ours' | 'peer' | 'limit'
  /** The package whose version is reported. */
  readonly package?: string
  /** The runtimes in which it takes part; only Node.js if this is missing. */
  readonly runtimes?: readonly RuntimeName[]
  /** Creates the client as its documentation says. */
  readonly setUp: (setting: Setting) => Promise<Revoke>
}

const PATH = '/oidc/token/revocation'
const form = 'application/x-www-form-urlencoded'

function bodyOf({ appId, appSecret }: Setting, token: string): string {
  return new URLSearchParams({ token, client_id: appId, client_secret: appSecret }).toString()
}

function importPacked<T>(packed: string, name: string): Promise<T> {
  return import(pathToFileURL(createRequire(join(packed, 'x.js')).resolve(name)).href)
}

/** Every contestant, by name. */
export const contestants: Readonly<Record<string, Contestant>> = {
  '@backend-logout/node': {
    kind: 'ours',
    package: '@backend-logout/node',
    async setUp({ url, appId, appSecret, ca, packed }) {
      const name = '@backend-logout/node'
      const { createLogoutClient } = await importPacked<typeof import('@backend-logout/node')>(packed, name)
      const client = createLogoutClient({ appId, appSecret, appHost: url, ...(ca !== undefined && { tls: { ca } }) })
      return (token) => client.revokeToken(token)
    },
  },
  '@backend-logout/core': {
    kind: 'ours',
    package: '@backend-logout/core',
    runtimes: ['Node.js', 'Bun'],
    async setUp({ url, appId, appSecret, packed }) {
      const name = '@backend-logout/core'
      const { createLogoutClient } = await importPacked<typeof import('@backend-logout/core')>(packed, name)
      const client = createLogoutClient({ appId, appSecret, appHost: url })
      return (token) => client.revokeToken(token)
    },
  },
  '@backend-logout/deno': {
    kind: 'ours',
    runtimes: ['Deno'],
    async setUp({ url, appId, appSecret, packed }) {
      const deno = pathToFileURL(join(packed, DENO)).href
      const { createLogoutClient } = (await import(deno)) as typeof import('@backend-logout/core')
      const client = createLogoutClient({ appId, appSecret, appHost: url })
      return (token) => client.revokeToken(token)
    },
  },
  oauth4webapi: {
    kind: 'peer',
    package: 'oauth4webapi',
    runtimes: ['Node.js', 'Deno', 'Bun'],
    async setUp({ url, appId, appSecret }) {
      const oauth = await import('oauth4webapi')
      const server = { issuer: url, revocation_endpoint: url + PATH }
      const auth = oauth.ClientSecretPost(appSecret)
      const options = { [oauth.allowInsecureRequests]: true }
      return async (token) =>
        oauth.processRevocationResponse(
          await oauth.revocationRequest(server, { client_id: appId }, auth, token, options),
        )
    },
  },
  'openid-client': {
    kind: 'peer',
    package: 'openid-client',
    async setUp({ url, appId, appSecret }) {
      const oidc = await import('openid-client')
      const server = { issuer: url, revocation_endpoint: url + PATH }
      const configuration = new oidc.Configuration(server, appId, appSecret)
      oidc.allowInsecureRequests(configuration)
      return (token) => oidc.tokenRevocation(configuration, token)
    },
  },
  '@badgateway/oauth2-client': {
    kind: 'peer',
    package: '@badgateway/oauth2-client',
    async setUp({ url, appId, appSecret }) {
      const { OAuth2Client } = await import('@badgateway/oauth2-client')
      const settings = { server: url, clientId: appId, clientSecret: appSecret, revocationEndpoint: PATH }
      const client = new OAuth2Client({ ...settings, authenticationMethod: 'client_secret_post' })
      return (accessToken) => client.revoke({ accessToken, expiresAt: null, refreshToken: null })
    },
  },
  arctic: {
    kind: 'peer',
    package: 'arctic',
    async setUp({ url, appId, appSecret }) {
      const { OAuth2Client } = await import('arctic')
      const client = new OAuth2Client(appId, appSecret, null)
      return (token) => client.revokeToken(url + PATH, token)
    },
  },
  'authing-node-sdk': {
    kind: 'peer',
    package: 'authing-node-sdk',
    async setUp({ url, appId, appSecret }) {
      const { AuthenticationClient } = await import('authing-node-sdk')
      const client = new AuthenticationClient({ appId, appSecret, appHost: url })
      return (token) => client.revokeToken(token)
    },
  },
  'openapi-fetch over fetch': {
    kind: 'peer',
    package: 'openapi-fetch',
    async setUp(setting) {
      const { default: createApi } = await import('openapi-fetch')
      const api = createApi<Record<string, never>>({ baseUrl: setting.url }) as unknown as {
        POST(path: string, init: object): Promise<{ response: Response }>
      }
      return async (token) => {
        const init = { headers: { 'content-type': form }, body: token, bodySerializer: () => bodyOf(setting, token) }
        const { response } = await api.POST(PATH, init)
        if (!response.ok) throw new Error(String(response.status))
      }
    },
  },
  'bare fetch': {
    kind: 'limit',
    runtimes: ['Node.js', 'Deno', 'Bun'],
    async setUp(setting) {
      return async (token) => {
        const init = { method: 'POST', headers: { 'content-type': form }, body: bodyOf(setting, token) }
        const response = await fetch(setting.url + PATH, init)
        await response.text()
        if (!response.ok) throw new Error(String(response.status))
      }
    },
  },
  'bare undici.request': {
    kind: 'limit',
    package: 'undici',
    async setUp(setting) {
      const { Pool } = await import('undici')
      const { ca, inFlight } = setting
      const pool = new Pool(setting.url, {
        connections: inFlight,
        pipelining: 1,
        ...(ca !== undefined && { connect: { ca } }),
      })
      const headers = { 'content-type': form }
      return async (token) => {
        const { statusCode, body } = await pool.request({
          method: 'POST',
          path: PATH,
          headers,
          body: bodyOf(setting, token),
        })
        await body.text()
        if (statusCode !== 200) throw new Error(String(statusCode))
      }
    },
  },
}
