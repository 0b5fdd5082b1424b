import { attemptUntilDone } from './attempts.ts'
import { type Call, type ClientCore, hideIn, redactorOf } from './call.ts'
import { type AuthenticatedEndpoint, type ClientAuth, type ClientCredential, checkCredential } from './client-auth.ts'
import { isLogoutError, LogoutError } from './errors.ts'
import { notSent, type Outcome } from './outcome.ts'
import { redactCause } from './redaction.ts'
import type { Destination } from './request.ts'
import type { TransportResponse } from './transport.ts'
import type { Verdict } from './verdict.ts'

/** An endpoint at which the application authenticates, and how to use it. */
export interface AuthenticatedOperation<T> {
  readonly endpoint: AuthenticatedEndpoint
  /** Calls the operation of the generated client, with the credential in its form. */
  readonly post: (
    credential: Readonly<Record<string, string>>,
    to: Destination,
  ) => Promise<{ response: TransportResponse }>
  readonly judge: (response: TransportResponse, wallNow: number) => Verdict<T> | Promise<Verdict<T>>
}

/** Longest response body that is read, in bytes. */
const MAX_BODY_BYTES = 65_536

/** Posts to an endpoint at which the application authenticates, with one credential for each attempt. Never rejects. */
export async function postTo<T>(
  { options, provider }: ClientCore,
  call: Call,
  { endpoint, post, judge }: AuthenticatedOperation<T>,
): Promise<Outcome<T>> {
  try {
    const endpoints = await provider.endpoints(call)
    const url = endpoints[endpoint]
    if (url === undefined) {
      const unusable = endpoints.unusable?.[endpoint]
      const reason = unusable ?? `The provider has no ${endpoint} endpoint.`
      const error = new LogoutError('endpoint_missing', reason, { attempts: 0, retryable: endpoints.isPart })
      return notSent(error, unusable ? 'live' : 'unsupported')
    }
    // Only metadata leaves the method open.
    const authenticate = (options.clientAuth ?? endpoints.negotiateAuth?.(endpoint)) as ClientAuth
    const context = { appId: options.appId, endpoint, url, issuer: endpoints.issuer }
    const send = async (attempt: number, signal: AbortSignal): Promise<TransportResponse> => {
      const { authorization, body } = await createCredential(call, () => authenticate({ ...context, attempt }))
      const headers = {
        ...options.headers,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization !== undefined && { authorization }),
      }
      const to = { url, headers, signal, maxBodyBytes: MAX_BODY_BYTES, hide: hideIn(call) }
      const { response } = await post(body ?? {}, to)
      return response
    }
    const outcome = await attemptUntilDone(call, { method: 'POST', url, judge, send })
    if (!outcome.ok) provider.endpointFailed(outcome.error)
    return outcome
  } catch (error) {
    if (isLogoutError(error)) return notSent(error)
    throw error
  }
}

/** Creates and checks the credential of one attempt. From here on it is masked in all texts of the call. */
async function createCredential(
  call: Call,
  authenticate: () => ClientCredential | Promise<ClientCredential>,
): Promise<ClientCredential> {
  try {
    const credential = await authenticate()
    checkCredential(credential)
    const { authorization, body } = credential
    if (authorization !== undefined) call.secrets.push(authorization)
    for (const name in body) if (!/^client_id|_type$/.test(name)) call.secrets.push(body[name])
    return credential
  } catch (error) {
    if (isLogoutError(error)) throw error
    const cause = redactCause(error, redactorOf(call))
    throw new LogoutError('client_auth_failed', `clientAuth could not create a credential: ${cause?.message}`, {
      cause,
    })
  }
}
