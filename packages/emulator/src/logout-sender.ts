/**
 * The provider whose logout tokens the emulator imitates. All are as `oidc-provider` sends them, except:
 *
 * | sender | the token |
 * |---|---|
 * | `oidc-provider` | sent by `oidc-provider` itself |
 * | `keycloak` | one more event, which is not an object; a claim `typ` |
 * | `hydra` | no `exp`, no `sub`, `typ` is `JWT`, `aud` is a list |
 * | `zitadel` | lives for five minutes, and `iat` is a second in the past |
 * | `authentik` | as of 2025.12 |
 * | `authentik-2025.6` | no `exp`, no `typ` |
 * | `duende` | a claim with the reason, and `nbf` |
 * | `auth0` | a claim `trace_id` |
 * | `lemonldap` | no `exp`, no `typ`, `aud` is a list |
 */
export type LogoutSender =
  | 'oidc-provider'
  | 'keycloak'
  | 'hydra'
  | 'zitadel'
  | 'authentik'
  | 'authentik-2025.6'
  | 'duende'
  | 'auth0'
  | 'lemonldap'

/** Differences between a sender's tokens and those of `oidc-provider`. */
interface Shape {
  readonly typ?: string | undefined
  /** From `iat` to `exp`, in seconds; `undefined` if there is no `exp`. */
  readonly lifetime?: number | undefined
  readonly withoutSub?: boolean
  readonly audienceList?: boolean
  /** The age of `iat`, in seconds. */
  readonly early?: number
  readonly events?: Readonly<Record<string, unknown>>
  readonly claims?: (iat: number) => Readonly<Record<string, unknown>>
}

const USUAL = { typ: 'logout+jwt', lifetime: 120 } as const satisfies Shape

const SHAPES: Readonly<Record<LogoutSender, Shape>> = {
  'oidc-provider': USUAL,
  keycloak: { ...USUAL, events: { revoke_offline_access: true }, claims: () => ({ typ: 'Logout' }) },
  hydra: { typ: 'JWT', withoutSub: true, audienceList: true },
  zitadel: { ...USUAL, lifetime: 300, early: 1 },
  authentik: USUAL,
  'authentik-2025.6': {},
  duende: { ...USUAL, lifetime: 300, claims: (iat) => ({ nbf: iat, logout_reason: 'UserLogout' }) },
  auth0: { ...USUAL, claims: () => ({ trace_id: '9a1b2c3d4e5f6789' }) },
  lemonldap: { audienceList: true },
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Recognizes the name of a sender. */
export function isLogoutSender(name: unknown): name is LogoutSender {
  return typeof name === 'string' && Object.hasOwn(SHAPES, name)
}

/** The claims of a logout token, in a sender's style. */
export interface LogoutTokenContent {
  readonly typ: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
}

/** Builds the claims of a logout token. */
export function logoutTokenContent(
  sender: LogoutSender,
  about: {
    readonly iss: string
    readonly aud: string
    readonly sub: string
    readonly sid: string | undefined
    readonly jti: string
  },
): LogoutTokenContent {
  const { typ, lifetime, withoutSub = false, audienceList = false, early = 0, events, claims } = SHAPES[sender]
  const iat = Math.floor(Date.now() / 1000) - early
  return {
    typ,
    claims: {
      iss: about.iss,
      aud: audienceList ? [about.aud] : about.aud,
      iat,
      ...(lifetime !== undefined && { exp: iat + lifetime }),
      jti: about.jti,
      ...(!withoutSub && { sub: about.sub }),
      ...(about.sid !== undefined && { sid: about.sid }),
      events: { [LOGOUT_EVENT]: {}, ...events },
      ...claims?.(iat),
    },
  }
}
