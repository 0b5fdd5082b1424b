import { fstatSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Files by their role in messages. */
type Files = Readonly<Record<string, string | undefined>>

/** The variables of this program that name files. Another one may name an output. */
const FILE_VARIABLE = /^(?:AUTHING_APP_\w{1,99}|FINGERPRINT_KEY|OUTBOX_KEYS)_FILE$/

/** The files that the environment names, which a command may read. */
export function filesOfEnvironment(env: Terminal['env']): Files {
  const found = Object.entries(env).filter(([name]) => FILE_VARIABLE.test(name))
  return Object.fromEntries(found.map(([name, file]) => [`the file of ${name}`, file?.trim() || undefined]))
}

/** The files that the options of a connection name. */
export function filesOfConnection(
  options: { readonly [Name in (typeof CONNECTION_FILES)[number][0]]?: string },
): Files {
  return Object.fromEntries(CONNECTION_FILES.map(([name, option]) => [`the file of ${option}`, options[name]]))
}

const CONNECTION_FILES = [
  ['secretFile', '--secret-file'],
  ['caFile', '--ca-file'],
  ['certFile', '--cert-file'],
  ['keyFile', '--key-file'],
] as const

/**
 * Checks that no file to write is another file of the command. `-` is standard input as `the input`, otherwise standard
 * output.
 *
 * @throws CommandError
 */
export function refuseSameFile(written: Files, read: Files): void {
  const seen = new Map<string, string>()
  for (const [role, path] of Object.entries(read)) {
    const identity = identify(path, role === 'the input' ? 0 : 1)
    if (identity !== undefined && !seen.has(identity)) seen.set(identity, role)
  }
  for (const [role, path] of Object.entries(written)) {
    const identity = identify(path, 1)
    if (identity === undefined) continue
    const other = seen.get(identity)
    if (other) throw refusal(`${role.charAt(0).toUpperCase()}${role.slice(1)} must not be the same file as ${other}.`)
    seen.set(identity, role)
  }
}

/** @param standard The descriptor that `-` stands for. */
function identify(path: string | undefined, standard: number): string | undefined {
  if (path === undefined) return undefined
  try {
    const stat = path === '-' ? fstatSync(standard) : statSync(path)
    if (stat.isFile()) return `${stat.dev}:${stat.ino}`
  } catch {
    // The file does not exist yet, or cannot be used, which is reported when it is opened.
  }
  if (path === '-') return undefined
  try {
    return resolve(path)
  } catch (error) {
    throw refusal(`The working directory cannot be used: ${describeSystemError(error)}.`)
  }
}

function refusal(message: string): CommandError {
  return new CommandError(ExitCode.usage, message)
}
