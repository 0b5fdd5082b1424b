import { generate } from 'selfsigned'

/** A private key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** Creates a certificate authority, and a server's and a client's certificate that it issued. */
export async function createCertificates(): Promise<{
  ca: string
  server: KeyPair
  client: KeyPair
  stranger: KeyPair
}> {
  const authority = await createAuthority()
  const [server, client, stranger] = await Promise.all([
    issue(authority, 'localhost', 'serverAuth'),
    issue(authority, 'client', 'clientAuth'),
    issue(await createAuthority(), 'client', 'clientAuth'),
  ])
  return { ca: authority.cert, server, client, stranger }
}

async function createAuthority(): Promise<KeyPair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { key, cert }
}

async function issue(ca: KeyPair, name: string, usage: 'serverAuth' | 'clientAuth'): Promise<KeyPair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', [usage]: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key, cert }
}
