import { printable } from './printable.ts'

/** Errors of the file system as PGlite has them: they have a number of WASI in place of a message. */
const WASI_ERRORS: Readonly<Record<number, string>> = {
  2: 'EACCES: permission denied',
  19: 'EDQUOT: disk quota exceeded',
  22: 'EFBIG: file too large',
  29: 'EIO: input/output error',
  33: 'EMFILE: too many open files',
  51: 'ENOSPC: no space left on device',
  69: 'EROFS: read-only file system',
}

/**
 * Copies an error of a database for logs: its message and code, printable, without the statement, its parameters, the
 * stack, and the password in an address.
 *
 * @example
 * ```ts
 * import { describeDatabaseError } from '@backend-logout/private-store'
 *
 * const { message } = describeDatabaseError(new Error('no route to postgres://app:secret@host/app'))
 * console.log(message) // no route to postgres://[masked]@host/app
 * ```
 */
export function describeDatabaseError(reason: unknown): Error & { code?: string } {
  const { message, code, errno } = (reason ?? {}) as { message?: unknown; code?: unknown; errno?: unknown }
  const ofFiles = typeof errno === 'number' ? (WASI_ERRORS[errno] ?? `error ${errno} of the file system`) : undefined
  const error = new Error(printable(withoutPasswords(String(message || code || ofFiles || reason).slice(0, 500))))
  delete error.stack
  return typeof code === 'string' ? Object.assign(error, { code: printable(code.slice(0, 60)) }) : error
}

function withoutPasswords(text: string): string {
  return text.replace(/\b(postgres(?:ql)?:\/\/)[^\s@]*@/gi, '$1[masked]@')
}
