import type { EncryptionKey, Outbox, OutboxOptions } from '@backend-logout/outbox'
import { CommandError } from '../command-error.ts'
import { ExitCode } from '../exit-code.ts'
import { readSecretFile } from '../files/read-text-file.ts'
import { readFingerprintKey } from '../fingerprint.ts'
import { readStore } from '../store-option.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { parseEncryptionKeys } from './encryption-keys.ts'
import { ownProvider } from './own-provider.ts'

/** The options that name an outbox instead of the environment. */
export interface OutboxLocation {
  readonly store?: string
  readonly keysFile?: string
}

/** The operation of a command on the outbox. */
export type OutboxUse =
  /** Writes or reads tokens, which requires the keys. */
  | 'tokens'
  /** Changes rows without decrypting tokens. */
  | 'rows'
  /** Changes nothing, so a standby is enough. */
  | 'read'

/**
 * Opens the outbox that the options and the environment name. Logouts that are added to it are bound to the provider that
 * `OUTBOX_PROVIDER` names, or else to the application and the provider that the environment names, if it does.
 *
 * @throws CommandError when something is missing, OutboxError
 */
export async function openOutboxOf(
  location: OutboxLocation,
  terminal: Terminal,
  use: OutboxUse,
  rest: Pick<OutboxOptions, 'client' | 'revocations' | 'onEvent'> = {},
): Promise<Outbox> {
  const address = readStore({ option: '--store', variable: 'OUTBOX_STORE' }, location.store, terminal)
  if (!address) throw noStore()
  const { name, isMissing, isPostgres } = address
  const needsKeys = use === 'tokens'
  if (!needsKeys && isMissing) {
    // Otherwise, a mistyped name would create a new, empty outbox.
    throw new CommandError(ExitCode.usage, `The folder in ${name} does not exist; 'outbox add' creates it.`)
  }
  const encryptionKeys = (await keysOf(location, terminal)) ?? (needsKeys ? noKeys() : [unusedKey()])
  // Loaded only now, because most commands need neither a queue nor a database.
  const { openOutbox } = await import('@backend-logout/outbox')
  const store = isPostgres && use === 'read' ? { postgres: address.store, readOnly: true } : address.store
  const fingerprintKey = await readFingerprintKey(terminal)
  const provider = terminal.env.OUTBOX_PROVIDER?.trim() || undefined
  const client = needsKeys ? (rest.client ?? (provider ? undefined : ownProvider(terminal))) : undefined
  return openOutbox({ store, encryptionKeys, fingerprintKey, ...rest, client, ...(provider && { provider }) })
}

async function keysOf({ keysFile }: OutboxLocation, terminal: Terminal): Promise<EncryptionKey[] | undefined> {
  const { env } = terminal
  const file = keysFile ?? (env.OUTBOX_KEYS?.trim() ? undefined : env.OUTBOX_KEYS_FILE?.trim() || undefined)
  const role = `The file of ${keysFile === undefined ? 'OUTBOX_KEYS_FILE' : '--keys-file'}`
  const text = file === undefined ? env.OUTBOX_KEYS : await readSecretFile(file, role, terminal)
  return text?.trim() ? parseEncryptionKeys(text, file ?? 'OUTBOX_KEYS') : undefined
}

function noStore(): CommandError {
  return new CommandError(
    ExitCode.usage,
    'OUTBOX_STORE is not set: the folder of the outbox, or the postgres:// address of its database. You can also pass ' +
      '--store.',
  )
}

function noKeys(): never {
  throw new CommandError(
    ExitCode.usage,
    'OUTBOX_KEYS is not set: the keys that encrypt the tokens. OUTBOX_KEYS_FILE or --keys-file can name a file with the ' +
      "keys; 'backend-logout outbox key' makes a key.",
  )
}

/** The outbox requires keys to open. With this one, nothing is ever encrypted. */
export function unusedKey(): EncryptionKey {
  return { kid: 'unused', key: crypto.getRandomValues(new Uint8Array(32)) }
}
