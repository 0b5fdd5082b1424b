import type { JWK } from 'jose'
import type { ClientMetadata } from 'oidc-provider'
import type { Application } from './applications.ts'

/** Describes an application to `oidc-provider`, as client metadata. */
export function clientMetadata(
  application: Application,
  settings: { readonly redirectUris: readonly string[]; readonly logoutRedirectUris: readonly string[] },
): ClientMetadata {
  const { appSecret, privateKey } = application
  return {
    client_id: application.appId,
    client_name: application.name,
    token_endpoint_auth_method: application.authMethod,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...settings.redirectUris],
    post_logout_redirect_uris: [...settings.logoutRedirectUris],
    ...(appSecret === undefined ? {} : { client_secret: appSecret }),
    ...(privateKey === undefined ? {} : { jwks: { keys: [publicPart(privateKey)] } }),
    ...(application.authMethod === 'tls_client_auth'
      ? { tls_client_auth_subject_dn: 'any certificate of the CA' }
      : {}),
  }
}

function publicPart(key: JWK): JWK {
  const { d: _, ...rest } = key
  return rest
}
