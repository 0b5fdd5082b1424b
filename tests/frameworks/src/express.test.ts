import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../outbox/src/postgres-server.ts'
import { testGuide } from './guide.ts'
import { testPages } from './pages-suite.ts'

const example = join(import.meta.dirname, '../../../examples/express')
const command = [process.execPath, join(example, 'server.ts')] as const

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres[Symbol.asyncDispose]())

testPages('Express with sessions in memory', { cookieName: 'connect.sid', program: async () => ({ command }) })
testPages('Express with sessions in Postgres', {
  cookieName: 'connect.sid',
  program: async () => ({ command, env: { DATABASE_URL: await postgres.database('sessions') } }),
})

testGuide('express.md', 'express', ['logout.ts', 'sign-in.ts', 'app.ts', 'server.ts'])
