import { createLogoutClient } from '@backend-logout/core'
import { type Outbox, type OutboxEvent, type OutboxOptions, type OutboxStore, openOutbox } from '@backend-logout/outbox'
import { type Remote, startRemote } from '@backend-logout/tests-outbox/remote'
import type { functions as ProviderFunctions } from './programs/limited-provider.ts'
import type { WorkerArguments, functions as WorkerFunctions } from './programs/worker.ts'

/** A provider with a limit, in a separate process. */
export type LimitedProvider = Remote<typeof ProviderFunctions>
/** A worker in a separate process. */
export type WorkerProcess = Remote<typeof WorkerFunctions>

export const key = { kid: 'scale', key: Buffer.alloc(32, 7).toString('base64url') }

/** Starts a provider. */
export async function startLimitedProvider(): Promise<LimitedProvider> {
  const provider = startRemote<typeof ProviderFunctions>(new URL('programs/limited-provider.ts', import.meta.url))
  await provider.ready
  return provider
}

/** Starts a worker, which works from the start. */
export async function startWorker(
  provider: LimitedProvider,
  store: OutboxStore,
  options: Pick<WorkerArguments, 'work' | 'events' | 'earlier'> = {},
  onEvent: (told: { readonly event: OutboxEvent; readonly at: number }) => void = () => {},
  env: NodeJS.ProcessEnv = {},
): Promise<WorkerProcess> {
  const args: WorkerArguments = { store, appHost: await provider.call('appHost'), key, ...options }
  const worker = startRemote<typeof WorkerFunctions>(
    new URL('programs/worker.ts', import.meta.url),
    [JSON.stringify(args)],
    onEvent,
    env,
  )
  await worker.ready
  return worker
}

/** Opens an outbox that adds. */
export async function openAdder(
  provider: LimitedProvider,
  store: OutboxStore,
  options: Partial<OutboxOptions> = {},
): Promise<Outbox> {
  const client = createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: await provider.call('appHost') })
  return openOutbox({ store, client, encryptionKeys: [key], ...options })
}

/** Ends processes. */
export async function end(processes: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()))
}

/** This number of names for tokens. */
export function* names(prefix: string, count: number): Generator<{ accessToken: string }> {
  for (let index = 0; index < count; index++) yield { accessToken: `${prefix}-${index}` }
}

/** The value below which a share of the numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
