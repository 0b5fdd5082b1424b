import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { ClientAuthMethod } from '@backend-logout/core'
import * as oauth from 'oauth4webapi'
import type { Configuration } from 'oidc-provider'
import { revokeAccessToken, verifyAccessToken } from './calls.ts'
import { createAuthority, createClientCertificate, createServerCertificate, type KeyPair } from './certificates.ts'
import { fetchWith, type TlsOptions } from './clients.ts'
import { type OidcApp, startOidcProvider } from './oidc-provider.ts'
import { clientMetadata } from './oidc-provider-apps.ts'
import { fate, type InteropSuite } from './scenario.ts'

type App = 'tls' | 'selfSigned'

const authority = await createAuthority()
const server = await createServerCertificate(authority)
const certificates = {
  tls: await createClientCertificate('app-tls', authority),
  selfSigned: await createClientCertificate('app-self-signed'),
  stranger: await createClientCertificate('app-tls', await createAuthority()),
}

/** Trusts the provider, and presents a certificate. */
function showing(pair?: KeyPair): TlsOptions {
  return { ca: authority.cert, ...pair }
}

function createApp(
  id: string,
  method: ClientAuthMethod,
  tokenAuth: oauth.ClientAuth,
  pair: KeyPair,
  more: object,
): OidcApp {
  const tls = showing(pair)
  return {
    id,
    auth: tokenAuth,
    fetch: fetchWith(tls),
    metadata: clientMetadata(id, method, more),
    options: { appId: id, clientAuth: method },
    tls,
  }
}

function createApps(): Record<App, OidcApp> {
  const { publicKey, raw } = new X509Certificate(certificates.selfSigned.cert)
  const key = { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')] }
  return {
    tls: createApp('app-tls', 'tls_client_auth', oauth.TlsClientAuth(), certificates.tls, {
      tls_client_auth_subject_dn: 'CN=app-tls',
    }),
    selfSigned: createApp(
      'app-self-signed',
      'self_signed_tls_client_auth',
      oauth.TlsClientAuth(),
      certificates.selfSigned,
      { jwks: { keys: [key] } },
    ),
  }
}

const mTLS: NonNullable<Configuration['features']>['mTLS'] = {
  enabled: true,
  tlsClientAuth: true,
  selfSignedTlsClientAuth: true,
  getCertificate(ctx) {
    const { raw } = (ctx.socket as TLSSocket).getPeerCertificate()
    return raw && new X509Certificate(raw)
  },
  certificateAuthorized: (ctx) => (ctx.socket as TLSSocket).authorized,
  certificateSubjectMatches: (ctx, _property, expected) =>
    `CN=${(ctx.socket as TLSSocket).getPeerCertificate().subject.CN}` === expected,
}

const REVOKED = { report: 'true, accepted', tokens: fate('inactive', 'inactive') } as const
const REFUSED = { report: 'throws client_auth_failed, live', tokens: fate('works', 'works') } as const

/** Identified by a certificate. */
export const mutualTls: InteropSuite<App> = {
  name: 'oidc-provider',
  setting: 'https, with client certificates only at the `mtls_endpoint_aliases` on another port',
  start: () =>
    startOidcProvider({
      apps: createApps(),
      tls: server,
      aliasTls: { ...server, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      features: { revocation: { enabled: true }, introspection: { enabled: true }, mTLS },
    }),
  scenarios: [
    { configuration: 'tls_client_auth', app: 'tls', ...revokeAccessToken, ...REVOKED },
    {
      configuration: 'tls_client_auth',
      app: 'tls',
      ...verifyAccessToken,
      report: 'true, verified',
      tokens: fate('inactive', 'inactive'),
    },
    { configuration: 'self_signed_tls_client_auth', app: 'selfSigned', ...revokeAccessToken, ...REVOKED },
    {
      configuration: 'tls_client_auth; `clientAuth` is not set, and the metadata lists no methods',
      app: 'tls',
      options: { clientAuth: undefined },
      only: '@backend-logout/node',
      ...revokeAccessToken,
      ...REVOKED,
    },
    {
      configuration: 'tls_client_auth, no certificate presented',
      app: 'tls',
      tls: showing(),
      ...revokeAccessToken,
      ...REFUSED,
    },
    {
      configuration: 'tls_client_auth, certificate from an authority that the provider does not trust',
      app: 'tls',
      tls: showing(certificates.stranger),
      ...revokeAccessToken,
      ...REFUSED,
    },
    {
      configuration: "self_signed_tls_client_auth, another application's certificate",
      app: 'selfSigned',
      tls: showing(certificates.tls),
      ...revokeAccessToken,
      ...REFUSED,
    },
    {
      configuration: 'tls_client_auth, provider certificate from an authority that the client does not trust',
      app: 'tls',
      tls: undefined,
      options: { retries: 0 },
      ...revokeAccessToken,
      report: 'throws discovery_failed, live',
      tokens: fate('works', 'works'),
    },
  ],
}
