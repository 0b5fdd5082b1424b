import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@backend-logout/tests-outbox/postgres-server'
import { afterAll, beforeAll } from 'vitest'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'
import { startServer } from './start-server.ts'

const example = join(import.meta.dirname, '../../../examples/express')
const command = [process.execPath, join(example, 'server.ts')] as const

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

testPages('Express with sessions in memory', {
  cookieName: 'connect.sid',
  hang: true,
  start: (origin, env) => startServer(origin, command, { env }),
})
testPages('Express with sessions in Postgres', {
  cookieName: 'connect.sid',
  hang: false,
  start: async (origin, env) =>
    startServer(origin, command, { env: { ...env, DATABASE_URL: await postgres.database('sessions') } }),
})

testGuide('express.md', 'express', ['logout.ts', 'sign-in.ts', 'app.ts', 'server.ts'])
