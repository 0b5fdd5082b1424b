import { existsSync } from 'node:fs'
import { CommandError } from './command-error.ts'
import { ExitCode } from './exit-code.ts'
import { isKeywordList, mayHoldPassword } from './store-address.ts'
import type { Terminal } from './terminal/terminal.ts'

/** The source of a store's address. */
export interface StoreNames {
  /** The option, such as `--store`. */
  readonly option: string
  /** The variable for when the option is missing, such as `OUTBOX_STORE`. */
  readonly variable: string
}

/** The address of a store, and its name in messages. */
export interface StoreAddress {
  readonly store: string
  readonly name: string
  /** True if it is the address of a Postgres server, and not a folder. */
  readonly isPostgres: boolean
  /** True if it is a folder that does not exist. */
  readonly isMissing: boolean
}

/**
 * Reads the address of a store: the path of a folder, or a `postgres://` address.
 *
 * @param given The value of the option.
 * @throws CommandError when it is invalid, or contains a password that others can see
 */
export function readStore(
  { option, variable }: StoreNames,
  given: string | undefined,
  { env }: Terminal,
): StoreAddress | undefined {
  if (given !== undefined && mayHoldPassword(given)) {
    throw new CommandError(
      ExitCode.usage,
      'Other users of this machine can see the arguments of a command, and so the password in this address: set ' +
        `${variable} instead of passing ${option}.`,
    )
  }
  const store = given ?? (env[variable]?.trim() || undefined)
  if (!store) return undefined
  const name = given === undefined ? variable : option
  const isPostgres = /^postgres(?:ql)?:\/\//i.test(store)
  if (isKeywordList(store) || (/^[\s"'`]*[a-z][\w+.-]+:|:\/\//i.test(store) && !isPostgres)) {
    throw new CommandError(
      ExitCode.usage,
      `${name} must be the path of a folder, or a postgres:// address without quotes around it.`,
    )
  }
  return { store, name, isPostgres, isMissing: !isPostgres && !existsSync(store) }
}
