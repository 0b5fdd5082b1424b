import { generate } from 'selfsigned'

/** An authority, and the certificates that it has signed. All in PEM. */
export interface Certificates {
  readonly ca: string
  /** For 127.0.0.1, localhost and provider.example. */
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
}

/** Creates an authority with a certificate for a server and one for a client, whose name is `a client`. */
export async function makeCertificates(authorityName = 'an authority'): Promise<Certificates> {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const
  const authority = await generate([{ name: 'commonName', value: authorityName }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const ca = { key: authority.private, cert: authority.cert }
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'provider.example' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  const client = await generate([{ name: 'commonName', value: 'a client' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  })
  return {
    ca: authority.cert,
    server: { cert: server.cert, key: server.private },
    client: { cert: client.cert, key: client.private },
  }
}
