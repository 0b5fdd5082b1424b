import { generate } from 'selfsigned'

/** A private key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** Creates a certificate authority. */
export function createAuthority(): Promise<KeyPair> {
  return create('Interop authority', undefined, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ])
}

/** Creates the certificate of a server on loopback. */
export function createServerCertificate(authority: KeyPair): Promise<KeyPair> {
  return create('localhost', authority, [
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ])
}

/** Creates the certificate of an application; without an authority, it is self-signed. */
export function createClientCertificate(name: string, authority?: KeyPair): Promise<KeyPair> {
  return create(name, authority, [{ name: 'extKeyUsage', clientAuth: true }])
}

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>

async function create(name: string, ca: KeyPair | undefined, extensions: Extensions): Promise<KeyPair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions,
    ...(ca && { ca }),
  })
  return { key, cert }
}
