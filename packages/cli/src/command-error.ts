import { isLogoutError, type LogoutError } from '@backend-logout/node'
import type { OutboxError } from '@backend-logout/outbox'
import type { RevocationError } from '@backend-logout/revocations'
import { ExitCode } from './exit-code.ts'
import { describeLogoutError } from './logout-error.ts'

const BRANDS = ['OutboxError', 'RevocationError'].map((name) => Symbol.for(`backend-logout.${name}`))

/** Ends a command with a message for people: what happened, and what to do next. It never contains a secret. */
export class CommandError extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Describes anything that was thrown, one text per line, with its exit code. */
export function describeError(error: unknown): { readonly lines: readonly string[]; readonly exitCode: ExitCode } {
  if (error instanceof CommandError) return { lines: [error.message], exitCode: error.exitCode }
  if (isLogoutError(error)) return { lines: [describeLogoutError(error)], exitCode: exitCodeOf(error) }
  if (isStoreError(error)) {
    const usage = error.code === 'invalid_options' || error.code === 'invalid_argument'
    return { lines: [error.message], exitCode: usage ? ExitCode.usage : ExitCode.stopped }
  }
  return {
    lines: [
      `The command failed unexpectedly: ${nameOf(error)}.`,
      'This looks like a defect of backend-logout. BACKEND_LOGOUT_DEBUG=1 shows where it happened.',
    ],
    exitCode: ExitCode.defect,
  }
}

/** The stack frames of an error and its causes. */
export function framesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const { stack = '', message, cause } = error
  const at = stack.indexOf(message)
  // A message may have lines that look like frames.
  const frames = stack.slice(at === -1 ? 0 : at + message.length).split('\n')
  const own = frames.filter((line) => /^ +at /.test(line))
  return cause instanceof Error ? [...own, `  caused by ${nameOf(cause)}`, ...framesOf(cause)] : own
}

/** Names an unexpected error. Its message is left out, because it may quote the input, such as a token. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a value was thrown that is not an error'
  const { code } = error as NodeJS.ErrnoException
  return /^[\w$]{1,60}$/.test(error.name) && typeof code === 'string' ? `${error.name} ${code}` : error.name
}

/** As `isOutboxError` and `isRevocationError` do, which cannot be imported without the databases behind them. */
function isStoreError(error: unknown): error is OutboxError | RevocationError {
  return typeof error === 'object' && error !== null && BRANDS.some((brand) => brand in error)
}

function exitCodeOf({ code, concerns }: LogoutError): ExitCode {
  if (code === 'aborted') return ExitCode.interrupted
  return concerns === 'call' || code === 'invalid_options' ? ExitCode.usage : ExitCode.refused
}

/** Describes why a system call failed, without the path that Node.js puts into its messages. */
export function describeSystemError(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return 'the file or folder does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EEXIST':
      return 'it already exists'
    case 'EISDIR':
      return 'this is a folder'
    case 'ENOTDIR':
      return 'a part of its path is not a folder'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full'
    case 'EFBIG':
      return 'the file would be larger than this system allows'
    case 'EROFS':
      return 'the file system is read-only'
    case 'EIO':
      return 'the disk failed'
    case 'ELOOP':
      return 'it is a symbolic link'
    case 'ENAMETOOLONG':
      return 'the name is invalid'
    case 'EADDRINUSE':
      return 'another program uses it'
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address'
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open'
    default:
      return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code)
        ? `the system reports ${code}`
        : 'for an unknown reason'
  }
}
