import { createHash, randomBytes } from 'node:crypto'
import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { jwt } from 'better-auth/plugins'

/** The part of its server-side API that is used; the types of the plugin and of the package are incompatible. */
export interface BetterAuthServer {
  readonly handler: (request: Request) => Promise<Response>
  readonly api: {
    adminCreateOAuthClient(request: {
      readonly headers: Headers
      readonly body: object
    }): Promise<{ client_id: string; client_secret?: string }>
  }
}

/** Rows by the name of their table. */
export type Tables = Record<string, Record<string, unknown>[]>

/** The address to which every application receives its codes. */
export const REDIRECT_URI = 'https://app.example.com/callback'
/** With it as `resource`, access tokens are JWTs. */
export const RESOURCE = 'https://api.example.com'

/**
 * Creates the server.
 *
 * @param tables Receives its tables, in which a test can change values that the server does not let through.
 */
export function createAuth(baseURL: string, scopes: string[], tables: Tables): BetterAuthServer {
  const names = `user session account verification jwks oauthClient oauthAccessToken oauthRefreshToken oauthConsent
    oauthClientAssertion oauthResource oauthClientResource`
  return betterAuth({
    baseURL,
    secret: randomBytes(32).toString('base64url'),
    database: memoryAdapter(Object.assign(tables, Object.fromEntries(names.split(/\s+/).map((name) => [name, []])))),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      jwt(),
      oauthProvider({
        loginPage: '/login',
        consentPage: '/consent',
        scopes,
        resources: [RESOURCE],
        enforcePerClientResources: false,
      }) as never,
    ],
  }) as never
}

/** Signs a user up or in, and returns the cookie of the new session. */
export async function openSession(issuer: string, name: string, door: 'sign-up' | 'sign-in'): Promise<string> {
  const response = await fetch(`${issuer}/${door}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email: `${name}@example.com`, password: `password of ${name}` }),
  })
  const [cookie] = response.headers.getSetCookie()
  if (!cookie) throw new Error(`the ${door} failed: ${response.status}`)
  return cookie.split(';', 1)[0] as string
}

/** Gets a code for an application, as the browser with this cookie. */
export async function authorize(
  issuer: string,
  cookie: string,
  parameters: Record<string, string>,
  verifier: string,
): Promise<string> {
  const url = new URL(`${issuer}/oauth2/authorize`)
  url.search = new URLSearchParams({
    ...parameters,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    state: 'any',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  // A browser is redirected; a `fetch` receives the address as JSON.
  const { url: callback } = (await (await fetch(url, { headers: { cookie } })).json()) as { url: string }
  const code = new URL(callback).searchParams.get('code')
  if (code === null) throw new Error(`signing in failed: ${callback}`)
  return code
}
