/**
 * Codes of connections that were never established: no address, no listener, or no trust. OpenSSL's own codes, such as
 * `ERR_SSL_WRONG_VERSION_NUMBER`, are not among them: a broken record in an established connection also has them.
 */
const CODE =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_(?:CERT_\w+|HANDSHAKE_TIMEOUT)|(?:DEPTH_ZERO_)?SELF_SIGNED_\w+|UNABLE_TO_\w+|CERT_\w+)$/
/** The same as text, from Deno, Node.js and Bun. */
const WORDS = /: client error \(Connect\)|before secure TLS connection was established|TLS handshake failed/

/**
 * Checks if a transport failed before it sent any part of the request: it says so (`unsent`), or the runtime names an
 * earlier step. Workers and browsers do not report it, so there it is `false`.
 */
export function isUnsent(thrown: unknown, depth = 4): boolean {
  try {
    const { unsent, code, syscall, message, errors, cause } = thrown as Record<string, unknown>
    if (typeof unsent === 'boolean') return unsent
    if (syscall === 'connect' || syscall === 'getaddrinfo') return true
    if (CODE.test(String(code)) || WORDS.test(String(message))) return true
    if (depth === 0) return false
    // A host with several addresses has one failure for each.
    if (Array.isArray(errors) && errors.length) return errors.every((error) => isUnsent(error, depth - 1))
    return isUnsent(cause, depth - 1)
  } catch {
    // Anything can be thrown, even `undefined`.
    return false
  }
}
