/** Receives logouts until it is killed. Its port goes to standard output. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { openOutbox } from '@backend-logout/outbox'
import {
  createBackChannelHandler,
  createLogoutTokenVerifier,
  createPostgresSessionIndex,
} from '@backend-logout/receiver'
import { openRevocationLog } from '@backend-logout/revocations/server'
import pg from 'pg'

const { ISSUER = '', DATABASE = '', OUTBOX_KEY = '' } = process.env
const pool = new pg.Pool({ connectionString: DATABASE })
const encryptionKeys = [{ kid: '1', key: OUTBOX_KEY }]
const sessions = createPostgresSessionIndex({
  pool,
  tokens: async (id) => {
    const { rows } = await pool.query('SELECT token FROM app_session WHERE id = $1', [id])
    return rows[0] && { accessToken: rows[0].token as string }
  },
  end: (id) => pool.query('DELETE FROM app_session WHERE id = $1', [id]),
})
const handler = createBackChannelHandler({
  verifier: createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' }),
  sessions,
  outbox: await openOutbox({ store: DATABASE, encryptionKeys }),
  revocations: await openRevocationLog({ store: DATABASE }),
})
const server = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
await once(server, 'listening')
console.log((server.address() as AddressInfo).port)
