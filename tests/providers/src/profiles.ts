import type { Answer, Received } from './stand-in.ts'

/** A request to a profile's server, with the host that it was intended for. */
export type ProfileRequest = Received & { readonly host: string }

/** The known responses of a service, and the settings that work with them. */
export interface Profile {
  readonly name: string
  /** The options of `createLogoutClient`, as `docs/guides/provider-profiles.md` prints them. */
  readonly settings: string
  /** The argument of `logout()`, as the page prints it. */
  readonly session: string
  /** Facts about the service, one sentence each. */
  readonly notes: readonly string[]
  /** Responds as the service is reported and documented to; `undefined` is its 404. */
  readonly answer: (request: ProfileRequest) => Answer | undefined
  /** The result of `logout()`. */
  readonly expected: {
    readonly revoked: boolean
    readonly states: readonly string[]
    /** The beginning and parts of the logout URL; missing if there is no URL. */
    readonly logoutUrl?: readonly string[]
  }
}

const basic = `Basic ${btoa('app:secret')}`
const isBasic = ({ headers }: ProfileRequest): boolean => headers.authorization === basic
const isPost = ({ form, headers }: ProfileRequest): boolean =>
  form.get('client_id') === 'app' && form.get('client_secret') === 'secret' && headers.authorization === undefined
const unauthorized: Answer = { status: 401, body: { error: 'invalid_client' } }

/** Metadata at its usual address, and one response for the revocation endpoint in it. */
function discoverable(
  metadata: { readonly issuer: string; readonly revocation_endpoint?: string } & Readonly<Record<string, unknown>>,
  revoke: (request: ProfileRequest) => Answer,
  metadataUrl: string = `${metadata.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
): Profile['answer'] {
  return (request) => {
    const url = `https://${request.host}${request.path}`
    if (url === metadataUrl) return { body: metadata }
    return url === metadata.revocation_endpoint && request.method === 'POST' ? revoke(request) : undefined
  }
}

/** The services of `docs/guides/provider-profiles.md`. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'Amazon Cognito',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example',
}`,
    session: `{ refreshToken, idToken }, {
  extraParameters: { logout_uri: 'https://app.example.com/' },
}`,
    notes: [
      'Only refresh tokens can be revoked, and only if token revocation is enabled for the app client. That revokes its access tokens, but an API that checks signatures locally does not detect it.',
      'The logout page ignores `post_logout_redirect_uri`; it requires `client_id` and `logout_uri`.',
      'There is no introspection.',
    ],
    answer: discoverable(
      {
        issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example',
        revocation_endpoint: 'https://example.auth.eu-west-1.amazoncognito.com/oauth2/revoke',
        end_session_endpoint: 'https://example.auth.eu-west-1.amazoncognito.com/logout',
      },
      (request) => {
        if (!isBasic(request)) return { status: 400, body: { error: 'invalid_client' } }
        return request.form.get('token') === 'the-refresh-token'
          ? {}
          : { status: 400, body: { error: 'unsupported_token_type' } }
      },
    ),
    expected: {
      revoked: true,
      states: ['accepted'],
      logoutUrl: [
        'https://example.auth.eu-west-1.amazoncognito.com/logout?',
        'client_id=app',
        'logout_uri=https%3A%2F%2Fapp.example.com%2F',
      ],
    },
  },
  {
    name: 'Apple',
    settings: `{
  appId: 'com.example.app',
  endpoints: { revocation: 'https://appleid.apple.com/auth/revoke' },
  clientAuth: async ({ appId }) => ({ body: { client_id: appId, client_secret: await appleClientSecret() } }),
}`,
    session: '{ accessToken, refreshToken }',
    notes: [
      'The client secret is a JWT that you sign with your ES256 key, with your team as `iss`, the client id as `sub` and `https://appleid.apple.com` as `aud`. `appleClientSecret` is your function that creates it.',
      'Revoking a token ends the user’s authorization of your app, on every device.',
      'There is neither introspection nor a logout page.',
    ],
    answer: ({ host, path, form, headers }) => {
      if (host !== 'appleid.apple.com' || path !== '/auth/revoke') return undefined
      if (headers.authorization || !form.get('client_secret')?.startsWith('eyJ')) {
        return { status: 400, body: { error: 'invalid_client' } }
      }
      return { headers: { 'content-type': 'application/json;charset=ISO-8859-1' } }
    },
    expected: { revoked: true, states: ['accepted', 'accepted'] },
  },
  {
    name: 'Auth0',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://tenant.eu.auth0.com/',
  clientAuth: 'client_secret_post',
}`,
    session: `{ refreshToken, idToken }, {
  extraParameters: { federated: true },
}`,
    notes: [
      'The issuer ends in a slash.',
      'Access tokens are JWTs that cannot be revoked: keep their lifetime short, and pass only the refresh token.',
      'The tenant setting *Refresh Token Revocation Deletes Grant* decides whether revoking a refresh token ends the whole grant or only that token.',
      '`federated` without a value also logs the user out at the identity provider behind Auth0. Omit it to end only Auth0’s own session.',
      'There is no introspection, so `verify` rejects with `unverified`.',
    ],
    answer: discoverable(
      {
        issuer: 'https://tenant.eu.auth0.com/',
        revocation_endpoint: 'https://tenant.eu.auth0.com/oauth/revoke',
        end_session_endpoint: 'https://tenant.eu.auth0.com/oidc/logout',
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      },
      (request) => (isPost(request) ? {} : unauthorized),
    ),
    expected: {
      revoked: true,
      states: ['accepted'],
      logoutUrl: ['https://tenant.eu.auth0.com/oidc/logout?', 'id_token_hint=', 'federated'],
    },
  },
  {
    name: 'authentik',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://sso.example.com/application/o/shop/',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'The issuer ends in a slash, and by default every application has its own.',
      'Access tokens are JWTs with the claims of an ID token. `logout()` and `tokenTypeHint` tell them apart; `revokeToken()` without a hint refuses them.',
    ],
    answer: discoverable(
      {
        issuer: 'https://sso.example.com/application/o/shop/',
        revocation_endpoint: 'https://sso.example.com/application/o/revoke/',
        end_session_endpoint: 'https://sso.example.com/application/o/shop/end-session/',
        introspection_endpoint: 'https://sso.example.com/application/o/introspect/',
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      },
      (request) => (isBasic(request) ? { body: {} } : unauthorized),
    ),
    expected: {
      revoked: true,
      states: ['accepted', 'accepted'],
      logoutUrl: ['https://sso.example.com/application/o/shop/end-session/?', 'id_token_hint='],
    },
  },
  {
    name: 'GitLab',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://gitlab.example.com',
  clientAuth: 'client_secret_post',
}`,
    session: '{ accessToken, refreshToken }',
    notes: [
      'GitLab runs Doorkeeper. A token that it does not know, or that is already revoked, gets a 200.',
      'A wrong secret and a token of another application get 403 `unauthorized_client`, which is `rejected`. Never list it in `alreadyInvalidErrors`: after a change of the secret, every logout would count as revoked, and nothing would be.',
    ],
    answer: discoverable(
      {
        issuer: 'https://gitlab.example.com',
        revocation_endpoint: 'https://gitlab.example.com/oauth/revoke',
        introspection_endpoint: 'https://gitlab.example.com/oauth/introspect',
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      },
      (request) => {
        if (isPost(request)) return { body: {} }
        const error_description = 'You are not authorized to revoke this token'
        return { status: 403, body: { error: 'unauthorized_client', error_description } }
      },
    ),
    expected: { revoked: true, states: ['accepted', 'accepted'] },
  },
  {
    name: 'Google',
    settings: `{
  appId: 'app',
  issuer: 'https://accounts.google.com',
}`,
    session: '{ accessToken, refreshToken }',
    notes: [
      'The endpoint requires no client authentication.',
      'Revoking any token of a user ends the user’s whole grant to your application, on every device. That may be more than a logout should do.',
      'Revoking the refresh token also revokes the access token. Google then returns 400 `invalid_token` for it, which counts as revoked.',
      'There is neither introspection nor a logout page.',
    ],
    answer: discoverable(
      {
        issuer: 'https://accounts.google.com',
        revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      },
      ({ form }) =>
        form.get('token') === 'the-refresh-token'
          ? { body: {} }
          : { status: 400, body: { error: 'invalid_token', error_description: 'Token expired or revoked' } },
    ),
    expected: { revoked: true, states: ['accepted', 'accepted'] },
  },
  {
    name: 'Keycloak',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://id.example.com/realms/main',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'Revoking a refresh token ends the user’s session with that client.',
      'Keycloak records access tokens as revoked, but an API that checks signatures locally does not ask it. [A revocation list](revoked-means-refused.md) reaches such an API.',
      'A public client needs no `clientAuth`, although the metadata does not list `none`.',
      'Up to about version 16, revoking a refresh token ended all sessions of the user with that client, and removed the consent.',
      "Version 16 was reported not to decode id and secret in a Basic header. With a secret that has `/`, `+` or `=`, set `clientAuth: 'client_secret_post'` there.",
      'Introspection is for confidential clients, so `verify` works for these.',
    ],
    answer: discoverable(
      {
        issuer: 'https://id.example.com/realms/main',
        revocation_endpoint: 'https://id.example.com/realms/main/protocol/openid-connect/revoke',
        end_session_endpoint: 'https://id.example.com/realms/main/protocol/openid-connect/logout',
        revocation_endpoint_auth_methods_supported: [
          'private_key_jwt',
          'client_secret_basic',
          'client_secret_post',
          'tls_client_auth',
          'client_secret_jwt',
        ],
      },
      (request) => (isBasic(request) ? {} : unauthorized),
    ),
    expected: {
      revoked: true,
      states: ['accepted', 'accepted'],
      logoutUrl: ['https://id.example.com/realms/main/protocol/openid-connect/logout?', 'id_token_hint='],
    },
  },
  {
    name: 'Logto',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://tenant.logto.app/oidc',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'Logto runs oidc-provider. An access token for an API resource is a JWT, which its revocation endpoint refuses with `unsupported_token_type`; revoke the refresh token instead.',
    ],
    answer: discoverable(
      {
        issuer: 'https://tenant.logto.app/oidc',
        revocation_endpoint: 'https://tenant.logto.app/oidc/token/revocation',
        end_session_endpoint: 'https://tenant.logto.app/oidc/session/end',
        introspection_endpoint: 'https://tenant.logto.app/oidc/token/introspection',
      },
      (request) => {
        if (!isBasic(request)) return unauthorized
        if (request.form.get('token') === 'the-refresh-token') return { headers: { 'content-type': 'text/plain' } }
        return { status: 400, body: { error: 'unsupported_token_type' } }
      },
    ),
    expected: {
      revoked: false,
      states: ['accepted', 'unsupported'],
      logoutUrl: ['https://tenant.logto.app/oidc/session/end?', 'id_token_hint='],
    },
  },
  {
    name: 'Microsoft Entra ID',
    settings: `{
  appId: 'app',
  issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
}`,
    session: `{ idToken }, {
  extraParameters: { logout_hint: 'alice@example.com' },
}`,
    notes: [
      'There is no revocation endpoint. `logout({ idToken })` returns the logout URL, with `revoked: false`, and reports an access token as `unsupported`. `revokeToken` rejects with `endpoint_missing`. Keep the lifetime of access tokens short.',
      'The metadata at `common` states its issuer as a template. Use your tenant’s id, or set `metadataUrl` to the address at `common` and `issuer` to `https://login.microsoftonline.com/{tenantid}/v2.0`, as that document states it.',
      'Microsoft Graph’s `revokeSignInSessions` ends all refresh tokens and sessions of a user, with an administrator’s permission and a delay of some minutes. It is another API, which this package does not call.',
      '`logout_hint` with the user’s `login_hint` claim skips the account picker.',
    ],
    answer: discoverable(
      {
        issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
        end_session_endpoint:
          'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/oauth2/v2.0/logout',
      },
      () => ({}),
    ),
    expected: {
      revoked: false,
      states: [],
      logoutUrl: [
        'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/oauth2/v2.0/logout?',
        'logout_hint=alice%40example.com',
      ],
    },
  },
  {
    name: 'Microsoft Entra B2C',
    settings: `{
  appId: 'app',
  issuer: 'https://tenant.b2clogin.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0/',
  metadataUrl: 'https://tenant.b2clogin.com/tenant.onmicrosoft.com/B2C_1_sign_in/v2.0/.well-known/openid-configuration',
}`,
    session: '{ idToken }',
    notes: [
      'Each policy has its own metadata, at an address that does not follow from the issuer: set `metadataUrl`. The `issuer` in that document must still be the one you set.',
      'There is no revocation endpoint.',
    ],
    answer: discoverable(
      {
        issuer: 'https://tenant.b2clogin.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0/',
        end_session_endpoint: 'https://tenant.b2clogin.com/tenant.onmicrosoft.com/b2c_1_sign_in/oauth2/v2.0/logout',
      },
      () => ({}),
      'https://tenant.b2clogin.com/tenant.onmicrosoft.com/B2C_1_sign_in/v2.0/.well-known/openid-configuration',
    ),
    expected: {
      revoked: false,
      states: [],
      logoutUrl: ['https://tenant.b2clogin.com/tenant.onmicrosoft.com/b2c_1_sign_in/oauth2/v2.0/logout?'],
    },
  },
  {
    name: 'Okta',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://org.okta.com/oauth2/default',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'Each authorization server has its own issuer; use the one that issued the token.',
      'Revoking a refresh token also revokes its access token, but not the reverse. Unknown tokens get a 200. Introspection works, so `verify` does too.',
      'With `privateKeyJwt` or `clientSecretJwt`, the assertion must name the endpoint of each request: set `audience: ({ url }) => url`, or `AUTHING_APP_ASSERTION_AUDIENCE=endpoint` in the environment.',
      'Okta states its limits in `X-Rate-Limit-Reset`, without `Retry-After`; the client waits for it within its deadline.',
    ],
    answer: discoverable(
      {
        issuer: 'https://org.okta.com/oauth2/default',
        revocation_endpoint: 'https://org.okta.com/oauth2/default/v1/revoke',
        end_session_endpoint: 'https://org.okta.com/oauth2/default/v1/logout',
        introspection_endpoint: 'https://org.okta.com/oauth2/default/v1/introspect',
        revocation_endpoint_auth_methods_supported: [
          'client_secret_basic',
          'client_secret_post',
          'client_secret_jwt',
          'private_key_jwt',
          'none',
        ],
      },
      (request) => {
        if (request.earlier === 0) {
          const reset = `${Math.floor(Date.now() / 1000) + 1}`
          const body = { errorCode: 'E0000047', errorSummary: 'API call exceeded rate limit' }
          return { status: 429, headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }, body }
        }
        return isBasic(request) ? {} : unauthorized
      },
    ),
    expected: {
      revoked: true,
      states: ['accepted', 'accepted'],
      logoutUrl: ['https://org.okta.com/oauth2/default/v1/logout?', 'id_token_hint='],
    },
  },
  {
    name: 'Ory Hydra',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://hydra.example.com/',
  clientAuth: 'client_secret_basic',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'The client must use exactly the method that it is registered with: set `clientAuth` to its `token_endpoint_auth_method`.',
      'Introspection is part of the admin API, which belongs on a private network. Without it, `verify` rejects with `unverified`.',
      'Hydra was reported to return 200 also for a token of another client, and when its storage failed. Where a logout must be certain, give the backend access to introspection, and use `verify`.',
    ],
    answer: discoverable(
      {
        issuer: 'https://hydra.example.com/',
        revocation_endpoint: 'https://hydra.example.com/oauth2/revoke',
        end_session_endpoint: 'https://hydra.example.com/oauth2/sessions/logout',
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
      },
      (request) => (isBasic(request) ? {} : unauthorized),
    ),
    expected: {
      revoked: true,
      states: ['accepted', 'accepted'],
      logoutUrl: ['https://hydra.example.com/oauth2/sessions/logout?', 'id_token_hint='],
    },
  },
  {
    name: 'Twitch',
    settings: `{
  appId: 'app',
  endpoints: { revocation: 'https://id.twitch.tv/oauth2/revoke' },
  alreadyInvalidErrors: ['Invalid token'],
}`,
    session: '{ accessToken }',
    notes: [
      'The endpoint requires only the client id.',
      'For a token that is no longer valid, the response is 400 with the message `Invalid token`.',
    ],
    answer: ({ host, path, form }) => {
      if (host !== 'id.twitch.tv' || path !== '/oauth2/revoke') return undefined
      if (form.get('client_id') !== 'app')
        return { status: 404, body: { status: 404, message: 'client does not exist' } }
      return { status: 400, body: { status: 400, message: 'Invalid token' } }
    },
    expected: { revoked: true, states: ['accepted'] },
  },
  {
    name: 'Zitadel',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  issuer: 'https://instance.zitadel.cloud',
}`,
    session: '{ accessToken, refreshToken, idToken }',
    notes: [
      'An application that is registered with a key uses `privateKeyJwt` of `@backend-logout/core/jwt` as `clientAuth`. If the key is PKCS#1 (`BEGIN RSA PRIVATE KEY`), convert it with `openssl pkcs8 -topk8 -nocrypt`.',
      'The logout page needs the ID token, or `client_id`, which is always sent.',
    ],
    answer: discoverable(
      {
        issuer: 'https://instance.zitadel.cloud',
        revocation_endpoint: 'https://instance.zitadel.cloud/oauth/v2/revoke',
        end_session_endpoint: 'https://instance.zitadel.cloud/oidc/v1/end_session',
        introspection_endpoint: 'https://instance.zitadel.cloud/oauth/v2/introspect',
        revocation_endpoint_auth_methods_supported: [
          'none',
          'client_secret_basic',
          'client_secret_post',
          'private_key_jwt',
        ],
      },
      (request) => (isBasic(request) ? {} : unauthorized),
    ),
    expected: {
      revoked: true,
      states: ['accepted', 'accepted'],
      logoutUrl: ['https://instance.zitadel.cloud/oidc/v1/end_session?', 'id_token_hint='],
    },
  },
]
