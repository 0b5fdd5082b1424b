import { randomBytes } from 'node:crypto'
import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutboxStore } from '@backend-logout/outbox'
import type { OutboxArguments, functions as OutboxFunctions } from './programs/outbox.ts'
import type { functions as ProviderFunctions } from './programs/provider.ts'
import { type Remote, startRemote } from './remote.ts'

export type { OutboxArguments }

/** A provider in its own process. */
export type Provider = Remote<typeof ProviderFunctions>
/** An outbox in its own process. */
export type OutboxProcess = Remote<typeof OutboxFunctions>

/** A new key, in base64url. */
export function newKey(kid: string): { kid: string; key: string } {
  return { kid, key: randomBytes(32).toString('base64url') }
}

/** Starts a provider. Thousands of opaque tokens are cheap; a JWT is signed, and verified by each question about it. */
export async function startProvider(accessTokenFormat: 'jwt' | 'opaque' = 'jwt'): Promise<Provider> {
  const provider = startRemote<typeof ProviderFunctions>('provider', [accessTokenFormat])
  await provider.ready
  return provider
}

/** The unsolicited messages of an outbox process. */
export type Told =
  | { readonly acknowledged: number }
  | { readonly refused: number; readonly message: string }
  | { readonly event: import('@backend-logout/outbox').OutboxEvent }
  | { readonly stopped: unknown }

/** Starts an outbox process; it is not yet ready. */
export async function startOutbox(
  provider: Provider,
  store: OutboxStore,
  { env, ...options }: Omit<OutboxArguments, 'store' | 'provider'> & { readonly env?: NodeJS.ProcessEnv },
  onTold: (told: Told) => void = () => {},
): Promise<OutboxProcess> {
  const where = await provider.call('where')
  const args: OutboxArguments = { store, provider: where, ...options }
  return startRemote<typeof OutboxFunctions>('outbox', [JSON.stringify(args)], onTold, env)
}

/** A temporary folder: empty, or a copy of another one. */
export async function temporaryFolder(original?: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'outbox-test-'))
  // `cp()` takes ten times as long for a thousand files.
  if (original) cpSync(original, path, { recursive: true })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
