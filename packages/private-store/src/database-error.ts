import { printable } from './printable.ts'

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
  const { message, code } = (reason ?? {}) as { message?: unknown; code?: unknown }
  const error = new Error(printable(withoutPasswords(String(message || code || reason).slice(0, 500))))
  delete error.stack
  return typeof code === 'string' ? Object.assign(error, { code: printable(code.slice(0, 60)) }) : error
}

function withoutPasswords(text: string): string {
  return text.replace(/\b(postgres(?:ql)?:\/\/)[^\s@]*@/gi, '$1[masked]@')
}
