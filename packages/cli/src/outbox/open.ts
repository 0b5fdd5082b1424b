import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { EncryptionKey, Outbox, OutboxOptions } from '@backend-logout/outbox'
import { CommandError, describeSystemError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/** Where an outbox is, as far as the environment does not say it. */
export interface OutboxLocation {
  readonly store?: string
  readonly keysFile?: string
}

/**
 * Opens the outbox that the options and the environment name.
 *
 * @param needsKeys Whether tokens are written or read. Who only counts needs no keys.
 * @throws CommandError when something is missing, OutboxError
 */
export async function openOutboxOf(
  location: OutboxLocation,
  terminal: Terminal,
  needsKeys: boolean,
  rest: Pick<OutboxOptions, 'client' | 'onEvent'> = {},
): Promise<Outbox> {
  const store = storeOf(location, terminal)
  const encryptionKeys = keysOf(location, terminal) ?? (needsKeys ? noKeys() : [unusedKey()])
  // Loaded only now: a queue and a database are much to load for commands that need none.
  const { openOutbox } = await import('@backend-logout/outbox')
  return openOutbox({ store, encryptionKeys, ...rest })
}

function storeOf({ store }: OutboxLocation, { env }: Terminal): string {
  if (store !== undefined && /^[a-z]+:\/\/[^/@]*:[^/@]*@/i.test(store)) {
    throw new CommandError(
      ExitCode.usage,
      'Everybody on this machine can see the arguments of a command, and so the password in this address: give it in ' +
        'OUTBOX_STORE instead of --store.',
    )
  }
  const found = store ?? (env.OUTBOX_STORE?.trim() || undefined)
  if (found) return found
  throw new CommandError(
    ExitCode.usage,
    'OUTBOX_STORE is not set: the folder of the outbox, or the postgres:// address of its database. --store does as well.',
  )
}

function keysOf({ keysFile }: OutboxLocation, { env }: Terminal): EncryptionKey[] | undefined {
  const file = keysFile ?? (env.OUTBOX_KEYS?.trim() ? undefined : env.OUTBOX_KEYS_FILE?.trim() || undefined)
  const text = file === undefined ? env.OUTBOX_KEYS : readKeys(file)
  if (!text?.trim()) return undefined
  return text
    .trim()
    .split(/[\s,]+/)
    .map((entry) => {
      const colon = entry.lastIndexOf(':')
      if (colon > 0) return { kid: entry.slice(0, colon), key: entry.slice(colon + 1) }
      // Not repeated: it may be the key alone.
      throw new CommandError(
        ExitCode.usage,
        "Each key of the outbox is NAME:KEY, such as those that 'backend-logout outbox key' makes.",
      )
    })
}

function readKeys(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(ExitCode.usage, `The keys in ${file} cannot be read: ${describeSystemError(error)}.`)
  }
}

function noKeys(): never {
  throw new CommandError(
    ExitCode.usage,
    'OUTBOX_KEYS is not set: what tokens are encrypted with. OUTBOX_KEYS_FILE or --keys-file name a file with the keys; ' +
      "'backend-logout outbox key' makes one.",
  )
}

/** The outbox asks for keys before it opens. With this one nothing is ever encrypted. */
function unusedKey(): EncryptionKey {
  return { kid: 'unused', key: randomBytes(32) }
}
