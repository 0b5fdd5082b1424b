import { randomUUID } from 'node:crypto'
import { CompactEncrypt, importJWK, type JWK, SignJWT } from 'jose'
import type { Provider } from 'oidc-provider'
import type { Application } from './applications.ts'
import type { BackchannelLogoutOptions, LogoutDelivery } from './backchannel-options.ts'
import { isLogoutSender, logoutTokenContent } from './logout-sender.ts'
import { isLoopbackUrl } from './loopback.ts'
import { refuseUnknown } from './option-names.ts'
import type { SigningKeys } from './signing-keys.ts'

/** A session of the provider, as in its store. */
export interface EndedSession {
  readonly accountId?: string | undefined
  readonly authorizations?: Readonly<Record<string, { readonly sid?: string | undefined }>> | undefined
}

interface Registration extends Required<Pick<BackchannelLogoutOptions, 'sender' | 'sessionRequired'>> {
  readonly uri: string
  readonly encryptionKey: JWK | undefined
}

/** An application in `oidc-provider`, whose declarations omit that it can send on its own. */
interface SendingClient {
  backchannelLogoutUri?: string | undefined
  backchannelLogoutSessionRequired?: boolean | undefined
  backchannelLogout(sub: string, sid: string | undefined): Promise<void>
}

const NAMES: Readonly<Record<keyof BackchannelLogoutOptions, true>> = {
  app: true,
  sender: true,
  sessionRequired: true,
  encryptionKey: true,
}

/** The time that an application has to respond, in milliseconds. */
const TIMEOUT_MS = 5_000

/**
 * Reports to applications that a session has ended.
 *
 * @see https://openid.net/specs/openid-connect-backchannel-1_0.html
 */
export class BackchannelLogout {
  readonly #provider: Provider
  readonly #keys: SigningKeys
  readonly #registrations = new Map<string, Registration>()

  constructor(provider: Provider, keys: SigningKeys) {
    this.#provider = provider
    this.#keys = keys
  }

  /**
   * Registers the address of an application's reports; `undefined` removes it.
   *
   * @throws {TypeError} When the address or an option is invalid.
   */
  async register(uri: string | undefined, app: Application, options: BackchannelLogoutOptions): Promise<void> {
    refuseUnknown(options, NAMES, 'sendLogoutsTo()')
    const { sender = 'oidc-provider', sessionRequired = true, encryptionKey } = options
    if (uri !== undefined && !isLoopbackUrl(uri)) throw new TypeError('the URL for logouts must be on loopback')
    if (!isLogoutSender(sender)) throw new TypeError('sender is unknown')
    const client = (await this.#provider.Client.find(app.appId)) as SendingClient | undefined
    if (client === undefined) throw new TypeError(`the application ${app.name} does not belong to this emulator`)
    // From then on, ID tokens have a sid.
    Object.assign(client, { backchannelLogoutUri: uri, backchannelLogoutSessionRequired: sessionRequired })
    if (uri === undefined) this.#registrations.delete(app.appId)
    else this.#registrations.set(app.appId, { uri, sender, sessionRequired, encryptionKey })
  }

  /** Reports to every registered application that the user was signed in to with this session. It never rejects. */
  async notify({ accountId, authorizations = {} }: EndedSession): Promise<LogoutDelivery[]> {
    if (accountId === undefined) return []
    const deliveries = Object.entries(authorizations).map(async ([appId, { sid }]) => {
      const registration = this.#registrations.get(appId)
      if (!registration) return []
      const named = registration.sessionRequired ? sid : undefined
      const status = await this.#deliver(appId, registration, accountId, named).catch(() => undefined)
      return [{ appId, ...(status !== undefined && { status }) }]
    })
    return (await Promise.all(deliveries)).flat()
  }

  async #deliver(appId: string, registration: Registration, sub: string, sid: string | undefined): Promise<number> {
    const { uri, sender, encryptionKey } = registration
    if (sender === 'oidc-provider' && !encryptionKey) return this.#letProviderDeliver(appId, sub, sid)
    const iss = this.#provider.issuer
    const { typ, claims } = logoutTokenContent(sender, { iss, aud: appId, sub, sid, jti: randomUUID() })
    const { kid, alg, privateKey } = this.#keys.RS256
    const signed = await new SignJWT(claims).setProtectedHeader({ alg, kid, ...(typ && { typ }) }).sign(privateKey)
    const token = encryptionKey ? await encrypt(signed, encryptionKey, { iss, aud: appId }) : signed
    const { status, body } = await fetch(uri, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ logout_token: token }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await body?.cancel()
    return status
  }

  async #letProviderDeliver(appId: string, sub: string, sid: string | undefined): Promise<number> {
    const client = (await this.#provider.Client.find(appId)) as unknown as SendingClient
    try {
      await client.backchannelLogout(sub, sid)
      return 200
    } catch (error) {
      const { response } = error as { response?: { readonly status: number } }
      if (response === undefined) throw error
      return response.status
    }
  }
}

async function encrypt(
  signed: string,
  key: JWK,
  about: { readonly iss: string; readonly aud: string },
): Promise<string> {
  const { kty, kid, alg = kty === 'EC' ? 'ECDH-ES' : 'RSA-OAEP-256' } = key
  const header = { alg, enc: 'A128CBC-HS256', cty: 'JWT', ...(kid !== undefined && { kid }), ...about }
  const plaintext = new TextEncoder().encode(signed)
  return new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(await importJWK(key, alg))
}
