import { createHash, randomBytes } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import { importJWK, SignJWT } from 'jose'
import type { Application } from './applications.ts'
import { LOGIN_PATH } from './login.ts'
import { UserAgent, type UserAgentTls } from './user-agent.ts'

/** Tokens that an application receives after a sign-in. */
export interface SignedInTokens {
  /** The access token. */
  readonly accessToken: string
  /** The refresh token. */
  readonly refreshToken: string
  /** The ID token, which a logout URL needs. */
  readonly idToken: string
  /** The lifetime of the access token, in seconds. */
  readonly expiresIn: number
  /** The granted scopes, separated by spaces. */
  readonly scope: string
  /** The way to send the access token: `Bearer`. */
  readonly tokenType: string
  /** The user who signed in. */
  readonly sub: string
}

interface SignInSettings {
  readonly issuer: string
  readonly endpoints: { readonly authorization: string; readonly token: string }
  readonly sub: string
  readonly application: Application
  readonly tls?: UserAgentTls | undefined
}

const SCOPE = 'openid profile email phone offline_access'

/**
 * Signs a user in as a browser and an application do together: the authorization-code flow with PKCE (S256), over HTTP.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636
 */
export async function signIn(settings: SignInSettings): Promise<SignedInTokens> {
  const browser = new UserAgent(settings.tls)
  try {
    const verifier = randomBytes(32).toString('base64url')
    const code = await authorize(browser, settings, createHash('sha256').update(verifier).digest('base64url'))
    return await exchangeCode(browser, settings, code, verifier)
  } finally {
    browser.close()
  }
}

async function authorize(browser: UserAgent, settings: SignInSettings, challenge: string): Promise<string> {
  const { endpoints, application, sub } = settings
  const state = randomBytes(16).toString('base64url')
  const start = new URL(endpoints.authorization)
  start.search = new URLSearchParams({
    client_id: application.appId,
    redirect_uri: application.redirectUri,
    response_type: 'code',
    scope: SCOPE,
    prompt: 'login consent',
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString()

  const login = await followTo(browser, start, (url) => url.pathname.startsWith(LOGIN_PATH))
  await browser.request(login)
  const { location } = await browser.request(login, { login: sub })
  if (location === undefined) throw new Error('signing in failed: the login page did not redirect')
  const callback = await followTo(browser, new URL(location, login), (url) =>
    url.href.startsWith(application.redirectUri),
  )

  const code = callback.searchParams.get('code')
  if (code === null || callback.searchParams.get('state') !== state) {
    throw new Error(`signing in failed: ${callback.searchParams.get('error') ?? 'the callback has no code'}`)
  }
  return code
}

async function followTo(browser: UserAgent, start: URL, isGoal: (url: URL) => boolean): Promise<URL> {
  let url = start
  for (let hop = 0; hop < 10; hop++) {
    if (isGoal(url)) return url
    const { status, location } = await browser.request(url)
    if (location === undefined)
      throw new Error(`signing in failed: ${url.pathname} answered ${status} without a redirect`)
    url = new URL(location, url)
  }
  throw new Error('signing in failed: too many redirects')
}

async function exchangeCode(
  browser: UserAgent,
  settings: SignInSettings,
  code: string,
  verifier: string,
): Promise<SignedInTokens> {
  const { issuer, endpoints, application, sub } = settings
  const { form, headers } = await authenticate(application, issuer)
  const { status, body } = await browser.request(
    new URL(endpoints.token),
    { grant_type: 'authorization_code', code, redirect_uri: application.redirectUri, code_verifier: verifier, ...form },
    headers,
  )
  if (status !== 200) throw new Error(`signing in failed: the token endpoint answered ${status}`)
  const tokens = JSON.parse(body)
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    idToken: tokens.id_token,
    expiresIn: tokens.expires_in,
    scope: tokens.scope,
    tokenType: tokens.token_type,
    sub,
  }
}

async function authenticate(
  application: Application,
  issuer: string,
): Promise<{ form?: Record<string, string>; headers?: OutgoingHttpHeaders }> {
  const { appId, appSecret = '', authMethod, privateKey } = application
  switch (authMethod) {
    case 'client_secret_post':
      return { form: { client_id: appId, client_secret: appSecret } }
    case 'client_secret_basic': {
      const credentials = `${formEncode(appId)}:${formEncode(appSecret)}`
      return { headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
    }
    case 'private_key_jwt':
    case 'client_secret_jwt': {
      const alg = privateKey?.alg ?? 'HS256'
      const key = privateKey ? await importJWK(privateKey) : new TextEncoder().encode(appSecret)
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg, ...(privateKey?.kid === undefined ? {} : { kid: privateKey.kid }) })
        .setIssuer(appId)
        .setSubject(appId)
        .setAudience(issuer)
        .setJti(randomBytes(16).toString('base64url'))
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key)
      return {
        form: {
          client_id: appId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        },
      }
    }
    default:
      return { form: { client_id: appId } }
  }
}

function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1)
}
