import { isRevocationError, RevocationError } from '../errors.ts'

/** Wraps what the database said: its words and codes, not the statement, its parameters or the address with a password. */
export function storeError(doing: string, reason: unknown): RevocationError {
  if (isRevocationError(reason)) return reason
  const { message, code } = (reason ?? {}) as { message?: unknown; code?: unknown }
  const cause = new Error(printable(withoutPasswords(String(message || code || reason).slice(0, 500))))
  delete cause.stack
  if (typeof code === 'string') Object.assign(cause, { code: printable(code.slice(0, 60)) })
  return new RevocationError('store_unavailable', `${doing} failed: ${cause.message}`, { cause })
}

function withoutPasswords(text: string): string {
  return text.replace(/\b(postgres(?:ql)?:\/\/)[^\s@]*@/gi, '$1[masked]@')
}

/** Without what could forge a line of a log, or steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}

/** Errors of the connection, and of a server that is going down or coming up. */
const OUTAGE = /^(?:E[A-Z]+|08...|57P0[1-5]|53300)$/

/** Whether it may help to try again. */
export function isOutage(error: unknown): boolean {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown }
  if (isRevocationError(error)) return isOutage(cause)
  if (typeof code === 'string') return OUTAGE.test(code)
  return typeof message === 'string' && /connection (?:terminated|ended|timeout)|timeout exceeded/i.test(message)
}
