import { env, waitUntil } from 'cloudflare:workers'
import { createLogoutClient } from '@backend-logout/core'
import { createApp } from './app.ts'
import type { SessionStore } from './session.ts'

// Variables and a secret of the worker, and its D1 database.
const { APP_ORIGIN: origin, APP_ID: appId, APP_SECRET: appSecret, APP_HOST: appHost, DB } = env

/** Sessions in a table: CREATE TABLE sessions (id TEXT PRIMARY KEY, session TEXT NOT NULL) */
const sessions: SessionStore = {
  async get(id) {
    const found = await DB.prepare('SELECT session FROM sessions WHERE id = ?').bind(id).first('session')
    return found === null ? undefined : JSON.parse(found)
  },
  set: (id, session) => DB.prepare('INSERT INTO sessions VALUES (?, ?)').bind(id, JSON.stringify(session)).run(),
  delete: (id) => DB.prepare('DELETE FROM sessions WHERE id = ?').bind(id).run(),
}

// On Workers, a request ends when its client disconnects. With waitUntil, the logout continues.
export default createApp({ origin, provider: { appId, appSecret, appHost }, createLogoutClient, sessions, waitUntil })
