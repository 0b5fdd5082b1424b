import { generate } from 'selfsigned'

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate authority for one test run. */
export interface Authority extends Certificate {
  /** Makes a server certificate. */
  readonly issue: (options: { host: string; from?: Date; until?: Date }) => Promise<Certificate>
}

const DAY_MS = 86_400_000

/** A date this number of days from now. */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS)
}

/** Creates a server certificate. */
export async function selfSigned(host: string): Promise<Certificate> {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: host }] }]
  const made = await generate([{ name: 'commonName', value: host }], { keyType: 'ec', algorithm: 'sha256', extensions })
  return { cert: made.cert, key: made.private }
}

/** Creates a certificate authority that nobody trusts yet. */
export async function createAuthority(name: string): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: inDays(-30),
    notAfterDate: inDays(30),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const ca = { cert: made.cert, key: made.private }
  return {
    ...ca,
    async issue({ host, from = inDays(-1), until = inDays(1) }) {
      const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
        keyType: 'ec',
        algorithm: 'sha256',
        notBeforeDate: from,
        notAfterDate: until,
        ca,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
        ],
      })
      return { cert, key }
    },
  }
}
