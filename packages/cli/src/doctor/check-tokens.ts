import { looksLikeIdToken, unverifiedClaims } from '@backend-logout/node'
import { describeLogoutError } from '../logout-error.ts'
import { type Examination, probe, variable } from './examination.ts'
import type { GivenTokens } from './given-tokens.ts'

type Activity = boolean | undefined

/** Revokes the given tokens, the refresh token first, and checks what that does to each. */
export async function checkTokens(examination: Examination, tokens: GivenTokens): Promise<void> {
  const { accessToken, refreshToken, isTyped } = tokens
  if (
    !isTyped &&
    accessToken !== undefined &&
    looksLikeIdToken(accessToken, variable(examination, 'AUTHING_APP_ID') ?? '')
  )
    return reportIdToken(examination, accessToken)
  if (accessToken !== undefined) noteOffline(examination, accessToken)
  const before = async (kind: string, token: string | undefined): Promise<Activity> =>
    token === undefined ? undefined : checkBefore(examination, kind, token)
  const accessBefore = await before('access token', accessToken)
  const refreshBefore = await before('refresh token', refreshToken)
  if (refreshToken !== undefined) await checkRevocation(examination, 'refresh token', refreshToken, refreshBefore)
  if (accessToken === undefined) return
  if (accessBefore && refreshBefore && (await checkCascade(examination, accessToken))) return
  await checkRevocation(examination, 'access token', accessToken, accessBefore)
}

/** Many providers return success for it, as for an unknown token. */
function reportIdToken({ report, fingerprint }: Examination, token: string): void {
  report({
    name: 'tokens',
    status: 'problem',
    detail: `${fingerprint(token)} looks like an ID token, which cannot be revoked; nothing was sent for it`,
    advice: 'Pass the access token or the refresh token. If it is one of these, state that: {"access_token": "…"}.',
  })
}

async function checkBefore(examination: Examination, kind: string, token: string): Promise<Activity> {
  const { report, fingerprint } = examination
  const before = await probe(examination, {}, (client) => client.introspectToken(token))
  const name = fingerprint(token)
  if (!before.ok) {
    report({
      name: kind,
      status: 'note',
      detail: `${name} cannot be introspected: ${describeLogoutError(before.error)}`,
    })
    return undefined
  }
  const { active } = before.value
  report({
    name: kind,
    status: active ? 'ok' : 'note',
    detail: active
      ? `${name} is active before`
      : `${name} is not active before: it is already inactive, or this application may not introspect it`,
    ...(!active && { advice: 'Use a fresh token of this application; otherwise the other checks show nothing.' }),
  })
  return active
}

async function checkRevocation(
  examination: Examination,
  kind: 'access token' | 'refresh token',
  token: string,
  before: Activity,
): Promise<void> {
  const { report } = examination
  const tokenTypeHint = kind.replace(' ', '_')
  const revocation = await probe(examination, {}, (client) => client.revokeToken(token, { tokenTypeHint }))
  if (!revocation.ok) {
    const { code } = revocation.error
    report({
      name: kind,
      status: 'problem',
      detail: `is not revoked: ${describeLogoutError(revocation.error)}`,
      ...(code === 'unsupported_token_type' && {
        advice: 'Revoke the refresh token instead, and keep the lifetime of access tokens short.',
      }),
    })
    return
  }
  const after = await probe(examination, {}, (client) => client.introspectToken(token))
  const answer = `its revocation is accepted (${revocation.wire})`
  if (!after.ok || before === undefined) {
    report({ name: kind, status: 'note', detail: `${answer}; without introspection, nothing verifies it` })
  } else if (after.value.active) {
    report({
      name: kind,
      status: 'problem',
      detail: `${answer}, but it is still active`,
      advice:
        'Use --verify, which waits for the change. If the token stays active, the provider does not revoke this kind of token.',
    })
  } else if (!before) report({ name: kind, status: 'note', detail: `${answer}; it was not active before` })
  else report({ name: kind, status: 'ok', detail: `${answer}, and it is not active after: revoked and verified` })
}

/** Checks if revoking the refresh token also revoked the access token, so that no token is left to revoke. */
async function checkCascade(examination: Examination, accessToken: string): Promise<boolean> {
  const { report } = examination
  const after = await probe(examination, {}, (client) => client.introspectToken(accessToken))
  if (!after.ok) return false
  const name = 'cascade'
  if (after.value.active) {
    const detail = 'revoking the refresh token does not revoke the access token'
    report({ name, status: 'note', detail, advice: 'Always revoke both, as logout() does.' })
    return false
  }
  report({ name, status: 'ok', detail: 'revoking the refresh token revokes the access token as well' })
  const detail = 'its own revocation was not tried, because it is inactive now: pass an access token alone for that'
  report({ name: 'access token', status: 'skipped', detail })
  return true
}

/** A resource server that checks only signatures is never notified of a revocation. */
function noteOffline({ report }: Examination, token: string): void {
  const { exp } = unverifiedClaims(token)
  const date = new Date(typeof exp === 'number' ? exp * 1000 : Number.NaN)
  if (Number.isNaN(date.getTime()) || date.getTime() < Date.now()) return
  report({
    name: 'access token',
    status: 'note',
    detail: `it is a JWT: an API that checks only its signature accepts it until ${date.toISOString()}`,
    advice: 'Let APIs introspect, or keep the lifetime of access tokens short.',
  })
}
