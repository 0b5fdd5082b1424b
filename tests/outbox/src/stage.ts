import { createLogoutClient } from '@backend-logout/core'
import { type Outbox, type OutboxOptions, openOutbox } from '@backend-logout/outbox'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { newKey, type Provider, startProvider } from './scene.ts'

/** The shared parts of one file's tests: a provider and a Postgres server. */
export interface Stage {
  readonly provider: Provider
  readonly postgres: PostgresServer
  /** The address of a database that only the current test uses. */
  readonly store: string
  readonly keys: ReturnType<typeof newKey>[]
  /** Opens an outbox: on that database, and with a client of that provider, unless the options say otherwise. */
  open(options?: Partial<OutboxOptions>): Promise<Outbox>
}

/** Starts the stage before the tests of a file, resets it before each test, and ends it after them. */
export function setStage(): Stage {
  let provider: Provider
  let postgres: PostgresServer
  let store: string
  let databases = 0
  const keys = [newKey('first')]
  beforeAll(async () => {
    ;[provider, postgres] = await Promise.all([startProvider(), startPostgres()])
  })
  afterAll(() => Promise.all([provider[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()]))
  beforeEach(async () => {
    await provider.call('reset')
    store = await postgres.database(`stage_${++databases}`)
  })
  return {
    get provider() {
      return provider
    },
    get postgres() {
      return postgres
    },
    get store() {
      return store
    },
    keys,
    async open(options = {}) {
      const client = createLogoutClient(await provider.call('where'))
      return openOutbox({ client, store, encryptionKeys: keys, ...options })
    },
  }
}
