import { type ClientAuth, type ClientAuthMethod, createClientAuth } from './client-auth.ts'
import { LogoutError } from './errors.ts'
import type { Transport } from './transport.ts'

/** The parts of a client that decide how it can authenticate. */
interface AuthenticatingClient {
  readonly appId: string
  readonly appSecret: string | undefined
  readonly transport: Pick<Transport, 'mutualTls'>
}

/**
 * The authentication at an endpoint whose methods the provider's metadata lists.
 *
 * @param listed The provider's list; see {@link negotiate}.
 * @throws LogoutError `client_auth_failed` when the two sides have no method in common
 */
export function negotiatedAuth(
  { appId, appSecret, transport }: AuthenticatingClient,
  listed: readonly string[] | undefined,
): ClientAuth {
  return createClientAuth(negotiate(listed, appSecret, transport.mutualTls === true), appId, appSecret)
}

/**
 * Chooses a method among those that a provider lists for an endpoint: the first one that this client supports. A client
 * with neither secret nor certificate is public and only identifies itself, which providers seldom list.
 *
 * @param listed The provider's list; a missing or empty one means `client_secret_basic` (RFC 8414 §2).
 * @param mutualTls Whether the transport presents a client certificate.
 * @throws LogoutError `client_auth_failed` when the two sides have no method in common
 */
export function negotiate(
  listed: readonly string[] | undefined,
  appSecret: string | undefined,
  mutualTls: boolean,
): ClientAuthMethod {
  if (!appSecret && !mutualTls) return 'none'
  if (!listed?.length) return appSecret ? 'client_secret_basic' : 'tls_client_auth'
  const able: ClientAuthMethod[] = mutualTls ? ['tls_client_auth', 'self_signed_tls_client_auth'] : []
  if (appSecret) able.push('client_secret_basic', 'client_secret_post')
  else able.push('none')
  const method = (listed as ClientAuthMethod[]).find((one) => able.includes(one))
  if (method) return method
  throw new LogoutError(
    'client_auth_failed',
    `The provider accepts ${listed.join(', ').slice(0, 300)}; this client supports ` +
      `${able.join(', ')}. Change the application's setting at the provider, or pass clientAuth.`,
    { attempts: 0 },
  )
}
