import type { Emulator, EmulatorOptions } from '@backend-logout/emulator'
import { AuthenticationClient } from 'authing-node-sdk'

/** The kind of access tokens, and the body of a successful revocation: GenAuth may have either. */
export const sdkEmulators = [
  { accessTokenFormat: 'jwt', successBody: 'empty' },
  { accessTokenFormat: 'opaque', successBody: 'envelope' },
] as const satisfies EmulatorOptions[]

/** One way of using the official SDK. */
export interface SdkScenario {
  readonly emulator: (typeof sdkEmulators)[number]
  readonly protocol: 'oidc' | 'oauth'
  readonly app: 'post' | 'basic' | 'none'
  /** The kind of token that it revokes. */
  readonly token: 'accessToken' | 'refreshToken'
}

/** The report of the official SDK, and the outcome of the token. */
export interface SdkFinding {
  readonly before: string
  readonly revocation: string
  readonly after: string
  /** The authentication method at the revocation endpoint, and the response. */
  readonly wire: string
  readonly active: boolean
}

/** Each method, protocol and kind of token. */
export function sdkScenarios(emulator: SdkScenario['emulator']): SdkScenario[] {
  return (['post', 'basic', 'none'] as const).flatMap((app) =>
    (['oidc', 'oauth'] as const).flatMap((protocol) =>
      (['accessToken', 'refreshToken'] as const).map((token) => ({ emulator, app, protocol, token })),
    ),
  )
}

/** True if the SDK refuses: it does not support Basic at the revocation endpoint of OAuth 2.0 applications. */
export function isRefusedBySdk({ app, protocol }: SdkScenario): boolean {
  return app === 'basic' && protocol === 'oauth'
}

/** Introspects, revokes and introspects again with the official SDK. */
export async function observeSdk(
  emulator: Emulator,
  { app: name, protocol, token: kind }: SdkScenario,
): Promise<SdkFinding> {
  const app = emulator.apps[name]
  const method = app.authMethod as 'client_secret_post' | 'client_secret_basic' | 'none'
  const client = new AuthenticationClient({
    appId: app.appId,
    ...(app.appSecret !== undefined && { appSecret: app.appSecret }),
    appHost: emulator.appHost,
    protocol,
    scope: 'openid',
    // It requires a secret for the token endpoint even if that endpoint is never used, unless the method is `none`.
    tokenEndPointAuthMethod: method,
    revocationEndPointAuthMethod: method,
    introspectionEndPointAuthMethod: method,
  })
  const token = (await emulator.signIn('alice', { app }))[kind]
  const introspect = async (): Promise<string> => {
    const { active } = (await client.introspectToken(token)) as unknown as { active: boolean }
    return `active ${active}`
  }
  const before = await introspect()
  emulator.reset()
  const revocation = await client.revokeToken(token).then(String, () => 'throws')
  const request = emulator.requests.find(({ endpoint }) => endpoint === 'revocation')
  return {
    before,
    revocation,
    after: await introspect(),
    wire: request ? `${request.clientAuth.join(' and ')}: ${request.status}` : 'nothing was sent',
    active: await emulator.isActive(token),
  }
}
