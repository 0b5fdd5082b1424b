import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { Configuration } from 'oidc-provider'

type MutualTlsFeature = NonNullable<NonNullable<Configuration['features']>['mTLS']>

/** Lets the `tls` application authenticate with any client certificate that the emulator's CA issued. */
export function mutualTlsFeature(): MutualTlsFeature {
  return {
    enabled: true,
    tlsClientAuth: true,
    getCertificate: (ctx) => {
      const { raw } = (ctx.socket as TLSSocket).getPeerCertificate()
      return raw === undefined ? undefined : new X509Certificate(raw)
    },
    certificateAuthorized: (ctx) => (ctx.socket as TLSSocket).authorized,
    certificateSubjectMatches: () => true,
  }
}
