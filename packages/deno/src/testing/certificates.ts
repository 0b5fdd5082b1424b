import { generate } from 'selfsigned'

/** A private key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** Creates an authority, and the certificates of a server on loopback and of a client that it issued. */
export async function createCertificates(): Promise<{ ca: string; server: KeyPair; client: KeyPair }> {
  const authority = await pairOf('Test authority', [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ])
  const issue = (usage: 'serverAuth' | 'clientAuth'): Promise<KeyPair> =>
    pairOf(
      usage,
      [
        { name: 'extKeyUsage', [usage]: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ],
      authority,
    )
  return { ca: authority.cert, server: await issue('serverAuth'), client: await issue('clientAuth') }
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>

async function pairOf(name: string, extensions: Extensions, ca?: KeyPair): Promise<KeyPair> {
  const options = { keyType: 'ec', algorithm: 'sha256', extensions, ...(ca && { ca }) } as const
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], options)
  return { key, cert }
}
