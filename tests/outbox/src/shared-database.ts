import { createLogoutClient } from '@backend-logout/core'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { type Outbox, type OutboxEvent, type OutboxOptions, openOutbox } from '@backend-logout/outbox'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { newKey } from './scene.ts'

/** A Postgres server. */
export let postgres: PostgresServer
/** The outbox's provider. */
export let provider: Emulator
/** Another provider. */
export let other: Emulator
let databases = 0
/** A database for the test. */
export let store: string
/** The events of its outboxes. */
export let events: OutboxEvent[]
/** The keys of its outboxes. */
export const encryptionKeys = [newKey('first')]

/** Starts the server and the providers for the tests of a file, which have a database each. */
export function setUpDatabases(): void {
  beforeAll(async () => {
    ;[postgres, provider, other] = await Promise.all([startPostgres(), startEmulator(), startEmulator()])
  })
  afterAll(async () => {
    await Promise.all([postgres[Symbol.asyncDispose](), provider.close(), other.close()])
  })
  beforeEach(async () => {
    store = await postgres.database(`alien_${++databases}`)
    events = []
    for (const emulator of [provider, other]) emulator.reset()
  })
}

/** A client of a provider. */
export const clientOf = ({ app, appHost }: Emulator) =>
  createLogoutClient({ appId: app.appId, ...(app.appSecret && { appSecret: app.appSecret }), appHost })
/** Opens an outbox on the database. */
export const open = (options: Partial<OutboxOptions> = {}): Promise<Outbox> =>
  openOutbox({
    store,
    encryptionKeys,
    client: clientOf(provider),
    maxRefusals: 1,
    onEvent: (event) => events.push(event),
    ...options,
  })
/** The number of revocations at a provider. */
export const revocations = (emulator: Emulator): number =>
  emulator.requests.filter(({ endpoint }) => endpoint === 'revocation').length
