import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** A certificate for localhost, made for one run. */
export interface Certificate extends AsyncDisposable {
  readonly key: string
  readonly cert: string
  /** The path of the certificate, for NODE_EXTRA_CA_CERTS. */
  readonly path: string
}

/** Creates a certificate that is its own authority. */
export async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
    ],
  })
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-bench-'))
  const path = join(folder, 'ca.pem')
  await writeFile(path, cert)
  return { key, cert, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
