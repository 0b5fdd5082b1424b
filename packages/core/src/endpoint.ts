import { attemptUntilDone, type Outcome, refused } from './attempts.ts'
import type { Call } from './call.ts'
import {
  type AuthenticatedEndpoint,
  type ClientCredential,
  checkCredential,
  clientAuthOf,
  negotiate,
} from './client-auth.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { redactCause, redactor } from './redaction.ts'
import { answerOf, type SendTo, sendTo } from './request.ts'
import type { TransportResponse } from './transport.ts'
import type { Verdict } from './verdict.ts'

/** An endpoint at which the application authenticates, and how to use it. */
export interface AuthenticatedOperation {
  readonly endpoint: AuthenticatedEndpoint
  /** Calls the operation of the generated client. */
  readonly post: (init: SendTo, credential: Record<string, string>) => Promise<{ response: Response }>
  readonly judge: (answer: TransportResponse, wallNow: number) => Verdict
}

/** Posts to an endpoint at which the application authenticates, with one credential for each attempt. Never rejects. */
export async function postTo(call: Call, { endpoint, post, judge }: AuthenticatedOperation): Promise<Outcome> {
  const { core } = call
  const { appId, appSecret, headers, transport } = core.options
  try {
    const endpoints = core.provider.known ?? (await core.provider.endpoints(core, call))
    const url = endpoints[endpoint]
    if (url === undefined) {
      const error = new LogoutError('endpoint_missing', `The provider has no ${endpoint} endpoint.`, { attempts: 0 })
      return refused(error, 0, 'unsupported')
    }
    const authenticate =
      core.options.clientAuth ??
      clientAuthOf(
        negotiate(endpoints.authMethods?.[endpoint], appSecret, transport.mutualTls === true),
        appId,
        appSecret,
      )
    const context = { appId, endpoint, url, issuer: endpoints.issuer }
    const send = async (attempt: number, signal: AbortSignal): Promise<TransportResponse> => {
      const made = credentialFor(call, () => authenticate({ ...context, attempt }))
      const { authorization, body } = 'then' in made ? await made : made
      const accepted = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
      const all = { ...headers, ...accepted, ...(authorization !== undefined && { authorization }) }
      return answerOf(await post(sendTo({ transport, url, headers: all, signal }), { ...body }))
    }
    return await attemptUntilDone(call, { method: 'POST', url, judge, send })
  } catch (error) {
    if (isLogoutError(error)) return refused(error)
    throw error
  }
}

/** Asks for a credential, and waits for it only where it takes time: most are there at once. */
function credentialFor(
  call: Call,
  make: () => ClientCredential | Promise<ClientCredential>,
): ClientCredential | Promise<ClientCredential> {
  const fail = (error: unknown): never => {
    if (isLogoutError(error)) throw error
    const cause = redactCause(error, redactor(call.secrets))
    throw new LogoutError('client_auth_failed', `clientAuth could not make a credential: ${cause?.message}`, { cause })
  }
  const accept = (credential: ClientCredential): ClientCredential => {
    checkCredential(credential)
    const { authorization, body } = credential
    if (authorization !== undefined) call.secrets.push(authorization)
    for (const name in body) if (!/^client_id|_type$/.test(name)) call.secrets.push(body[name])
    return credential
  }
  try {
    const made = make()
    // Of a text, which may be the secret itself, JavaScript's own error would quote all.
    return 'then' in Object(made) ? Promise.resolve(made).then(accept).catch(fail) : accept(made as ClientCredential)
  } catch (error) {
    return fail(error)
  }
}
