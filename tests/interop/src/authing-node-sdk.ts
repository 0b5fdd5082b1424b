import type { Emulator, EmulatorOptions } from '@backend-logout/emulator'
import { AuthenticationClient } from 'authing-node-sdk'

/** The kind of access tokens, and what a successful revocation carries: both as GenAuth may have them. */
export const sdkEmulators = [
  { accessTokenFormat: 'jwt', successBody: 'empty' },
  { accessTokenFormat: 'opaque', successBody: 'envelope' },
] as const satisfies EmulatorOptions[]

/** One way to use the official SDK. */
export interface SdkScenario {
  readonly emulator: (typeof sdkEmulators)[number]
  readonly protocol: 'oidc' | 'oauth'
  readonly app: 'post' | 'basic' | 'none'
  /** What it revokes. */
  readonly token: 'accessToken' | 'refreshToken'
}

/** What the official SDK said, and what became of the token. */
export interface SdkFinding {
  readonly before: string
  readonly revocation: string
  readonly after: string
  /** How it authenticated at the revocation endpoint, and what that answered. */
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

/** Whether the SDK refuses by itself: it does not know Basic at the revocation endpoint of OAuth 2.0 applications. */
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
    // It wants a secret for the token endpoint even where that endpoint is never used, unless it is told `none`.
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
