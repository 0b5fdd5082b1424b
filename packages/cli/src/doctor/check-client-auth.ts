import type { ClientAuthMethod } from '@backend-logout/node'
import { describeLogoutError } from '../logout-error.ts'
import { signsAssertions } from '../rehearsal.ts'
import { type Examination, hasSecret, type Probe, probe, throwAwayToken, variable } from './examination.ts'
import { isIntrospection } from './wire-tap.ts'

/** The client authentication methods that the doctor can try. */
type Method = Extract<ClientAuthMethod, 'client_secret_post' | 'client_secret_basic' | 'none'>

/** The endpoints at which it does. */
const ENDPOINTS = ['revocation', 'introspection'] as const
type Endpoint = (typeof ENDPOINTS)[number]

/** True for each endpoint that works with the current settings. */
export type Usable = Readonly<Record<Endpoint, boolean>>

/** Checks with a made-up token which client authentication works, and the form of the responses. */
export async function checkClientAuth(examination: Examination): Promise<Usable> {
  const usable = { revocation: false, introspection: false }
  for (const endpoint of ENDPOINTS) usable[endpoint] = await checkEndpoint(examination, endpoint)
  if (usable.revocation && hasSecret(examination)) await checkWrongSecret(examination)
  return usable
}

async function checkEndpoint(examination: Examination, endpoint: Endpoint): Promise<boolean> {
  const { report } = examination
  if (reportUnset(examination, endpoint)) return false
  const configured = await ask(examination, endpoint)
  if (endpoint === 'revocation' && configured.ok && reportMixUp(examination, configured)) return false
  const methods: Method[] = hasSecret(examination) ? ['client_secret_post', 'client_secret_basic', 'none'] : ['none']
  const asked = configured.ok || configured.error.code === 'client_auth_failed' || configured.error.code === 'rejected'
  const works: Method[] = []
  if (asked) {
    for (const method of methods) if ((await ask(examination, endpoint, method)).ok) works.push(method)
  }
  const accepted = works.length > 0 ? `; works with ${works.join(', ')}` : ''
  if (configured.ok) {
    report({ name: endpoint, status: 'ok', detail: `${configured.wire ?? 'no response seen'}${accepted}` })
    if (works.includes('none') && works.length > 1) {
      report({
        name: endpoint,
        status: 'note',
        detail: `it answers the same without the application's secret`,
      })
    }
    return true
  }
  const better = works[0]
  report({
    name: endpoint,
    // Revocation works without introspection; verification does not.
    status: endpoint === 'introspection' && !better ? 'note' : 'problem',
    detail: describeLogoutError(configured.error) + accepted,
    advice: better ? `Set AUTHING_APP_CLIENT_AUTH=${better}.` : adviceFor(examination, configured, endpoint),
  })
  return false
}

/** True if each endpoint has its own setting, and this one is not set. */
function reportUnset(examination: Examination, endpoint: Endpoint): boolean {
  const name = addressOf(endpoint)
  if (['AUTHING_APP_HOST', 'AUTHING_APP_ISSUER', name].some((one) => variable(examination, one))) return false
  examination.report({
    name: endpoint,
    status: endpoint === 'introspection' ? 'note' : 'problem',
    detail: `${name} is not set`,
    advice:
      endpoint === 'introspection'
        ? 'Set it if the provider has such an endpoint. Without it, nothing can be verified.'
        : 'Set it: without it, nothing can be revoked.',
  })
  return true
}

/** An introspection endpoint returns success for each token, and revokes none. */
function reportMixUp({ report, tap }: Examination, { wire }: Probe<unknown>): boolean {
  if (!tap.answer || !isIntrospection(tap.answer)) return false
  report({
    name: 'revocation',
    status: 'problem',
    detail: `this seems to be an introspection endpoint, which revokes nothing: its response has "active" (${wire})`,
    advice: `Set ${addressOf('revocation')} to the address at which the provider revokes tokens.`,
  })
  return true
}

function addressOf(endpoint: Endpoint): string {
  return `AUTHING_APP_${endpoint.toUpperCase()}_ENDPOINT`
}

function ask(
  examination: Examination,
  endpoint: Endpoint,
  clientAuth?: Method,
  appSecret?: string,
): Promise<Probe<unknown>> {
  const token = throwAwayToken()
  return probe<unknown>(examination, { clientAuth, appSecret }, (client) =>
    endpoint === 'revocation' ? client.revokeToken(token) : client.introspectToken(token),
  )
}

/** Some providers return success to any client. Then success proves nothing. */
async function checkWrongSecret(examination: Examination): Promise<void> {
  const { report } = examination
  const wrong = await ask(examination, 'revocation', undefined, crypto.randomUUID())
  if (wrong.ok) {
    report({
      name: 'wrong secret',
      status: 'problem',
      detail: `the revocation endpoint also answers success to a wrong secret (${wrong.wire})`,
      advice: 'Its success proves nothing: use --verify, and check the application in the console of the provider.',
    })
  } else report({ name: 'wrong secret', status: 'ok', detail: `refused (${wrong.wire ?? wrong.error.code})` })
}

function adviceFor(examination: Examination, configured: Probe<unknown>, endpoint: Endpoint): string | undefined {
  if (configured.ok) return undefined
  switch (configured.error.code) {
    case 'client_auth_failed':
      if (signsAssertions(examination.settings.env)) {
        return (
          'Check AUTHING_APP_ID, AUTHING_APP_PRIVATE_KEY_ID, the key or secret, and the audience: if the provider ' +
          'requires the address of the endpoint, as Okta does, set AUTHING_APP_ASSERTION_AUDIENCE=endpoint.'
        )
      }
      return (
        `No client authentication works: check AUTHING_APP_ID${hasSecret(examination) ? ' and the secret' : ''}, and that the ` +
        `application at the provider is enabled for ${endpoint}.`
      )
    case 'endpoint_missing':
      return variable(examination, 'AUTHING_APP_HOST')
        ? 'Check AUTHING_APP_HOST, and AUTHING_APP_PROTOCOL: an OAuth 2.0 application at GenAuth needs oauth.'
        : 'The provider has no such endpoint.'
    case 'unexpected_response':
    case 'redirect_refused':
      return examination.tap.answer?.sentBy
        ? `It was sent by ${examination.tap.answer.sentBy}, in front of the provider: ask the operator to let this client through.`
        : 'This does not look like a response from the provider. Check the address and any proxy or firewall in front of it.'
    case 'rate_limited': {
      const { retryAfterMs } = configured.error
      const wait = retryAfterMs === undefined ? 'a while' : `${Math.ceil(retryAfterMs / 1000)} s`
      return `The provider throttles this client. Wait ${wait}, and use --concurrency 1 for bulk runs.`
    }
    default:
      return undefined
  }
}
