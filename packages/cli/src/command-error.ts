import { isLogoutError, type LogoutError } from '@backend-logout/node'
import type { OutboxError } from '@backend-logout/outbox'
import { ExitCode } from './exit-code.ts'
import { inOurWords } from './wording.ts'

/** Ends a command with a message for people: what happened, and what to do next. It never holds a secret. */
export class CommandError extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** What to say about anything that was thrown, and the exit code that goes with it. */
export function describeError(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  if (error instanceof CommandError) return error
  if (isLogoutError(error)) return { message: inOurWords(error.message), exitCode: exitCodeOf(error) }
  if (isOutboxError(error)) {
    const usage = error.code === 'invalid_options' || error.code === 'invalid_argument'
    return { message: inOurWords(error.message), exitCode: usage ? ExitCode.usage : ExitCode.stopped }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    message: `${message}\nThis looks like a defect of backend-logout. BACKEND_LOGOUT_DEBUG=1 shows where it happened.`,
    exitCode: ExitCode.defect,
  }
}

/** By its name: to import the class would load the outbox, with its queue and its database. */
function isOutboxError(error: unknown): error is OutboxError {
  return error instanceof Error && error.name === 'OutboxError'
}

function exitCodeOf({ code }: LogoutError): ExitCode {
  switch (code) {
    case 'invalid_options':
    case 'invalid_argument':
      return ExitCode.usage
    case 'aborted':
      return ExitCode.interrupted
    default:
      return ExitCode.refused
  }
}

/** Names a failed system call as people know it. */
export function describeSystemError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
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
    default:
      return message
  }
}
