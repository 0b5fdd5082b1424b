/** The other side of a TLS connection. */
type Peer = 'provider' | 'proxy'

/** Advice for failures whose message has none, by the beginning of their code. */
const ADVICE: readonly (readonly [RegExp, (peer: Peer) => string])[] = [
  [
    /^(?:SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_(?!HAS_EXPIRED|NOT_YET)|INVALID_CA|ERR_TLS_CERT_AUTHORITY)/,
    (peer) => `the ${peer}'s certificate is not trusted; if its authority is your own, pass that as tls.ca`,
  ],
  [/^CERT_/, (peer) => `the ${peer}'s certificate is not valid now`],
  [/^ERR_TLS_CERT_ALTNAME/, (peer) => `the ${peer}'s certificate is for another name`],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/,
    (peer) =>
      peer === 'provider'
        ? 'the provider may ask for a client certificate; pass it as tls.cert'
        : 'the proxy may ask for a client certificate, which only the provider gets',
  ],
  [
    /^E[MN]FILE$/,
    () => 'this process has too many files and connections open; raise its limit (ulimit -n), or lower the concurrency',
  ],
]

/** Describes a failed connection on one line, with its code. */
export function describe(error: unknown, peer: Peer = 'provider'): string {
  const { message, code = '', reason, errors } = error as SystemError
  // OpenSSL's message is a log line that contains a position in its source code; `reason` is the readable part.
  const stated = code.startsWith('ERR_SSL_') ? reason : message
  // A host with several addresses fails with one error for each of them, and no separate message.
  // Node.js adds the address of this side, which a connection that was not opened does not have.
  const text =
    stated?.replace(' - Local (undefined:undefined)', '') ||
    errors?.map((one) => describe(one, peer)).join(', ') ||
    'the connection failed'
  const advice = ADVICE.find(([codes]) => codes.test(code))?.[1](peer)
  return `${text}${text.includes(code) ? '' : ` (${code})`}${advice ? `: ${advice}` : ''}`
}

interface SystemError {
  readonly message?: string
  readonly code?: string
  readonly reason?: string
  readonly errors?: readonly unknown[]
}

/**
 * Converts a failure into an error whose message contains all of the details.
 *
 * @param started True if there was a connection to send the request on; without one, nothing was sent.
 */
export function networkError(error: unknown, started: boolean): Error {
  const { code } = error as { code?: string }
  return Object.assign(new Error(describe(error)), code !== undefined && { code }, { unsent: !started })
}
