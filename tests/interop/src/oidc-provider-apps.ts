import { clientSecretJwt, privateKeyJwt } from '@backend-logout/core/jwt'
import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import type { ClientMetadata } from 'oidc-provider'
import { type OidcApp, REDIRECT_URI } from './oidc-provider.ts'

/** The authentication methods of an application without a certificate. */
export type OidcAppName = 'basic' | 'post' | 'none' | 'privateKeyJwt' | 'clientSecretJwt'

/** Describes an application to `oidc-provider`. */
export function clientMetadata(
  id: string,
  method: ClientMetadata['token_endpoint_auth_method'],
  more: Partial<ClientMetadata> = {},
): ClientMetadata {
  return {
    client_id: id,
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [REDIRECT_URI],
    ...more,
  } as ClientMetadata
}

/** Creates one application for each authentication method. */
export async function createOidcApps(): Promise<Record<OidcAppName, OidcApp>> {
  // A Basic credential is correct only if both parts were form-encoded first.
  const basicId = 'app:basic/1 %'
  const secret = 'a secret: with +, & and 100 %'
  const longSecret = 'a secret that is long enough for HS256'
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const key = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'app' }
  return {
    basic: {
      id: basicId,
      auth: oauth.ClientSecretBasic(secret),
      metadata: clientMetadata(basicId, 'client_secret_basic', { client_secret: secret }),
      options: { appId: basicId, appSecret: secret },
    },
    post: {
      id: 'app-post',
      auth: oauth.ClientSecretPost(secret),
      metadata: clientMetadata('app-post', 'client_secret_post', { client_secret: secret }),
      options: { appId: 'app-post', appSecret: secret, clientAuth: 'client_secret_post' },
    },
    none: {
      id: 'app-none',
      auth: oauth.None(),
      metadata: clientMetadata('app-none', 'none'),
      options: { appId: 'app-none' },
    },
    privateKeyJwt: {
      id: 'app-private-key-jwt',
      auth: oauth.PrivateKeyJwt({ key: privateKey, kid: 'app' }),
      metadata: clientMetadata('app-private-key-jwt', 'private_key_jwt', { jwks: { keys: [key as never] } }),
      options: { appId: 'app-private-key-jwt', clientAuth: privateKeyJwt(privateKey, { kid: 'app' }) },
    },
    clientSecretJwt: {
      id: 'app-client-secret-jwt',
      auth: oauth.ClientSecretJwt(longSecret),
      metadata: clientMetadata('app-client-secret-jwt', 'client_secret_jwt', { client_secret: longSecret }),
      options: { appId: 'app-client-secret-jwt', clientAuth: clientSecretJwt(longSecret) },
    },
  }
}
