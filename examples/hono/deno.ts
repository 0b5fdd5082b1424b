import { createLogoutClient } from '@backend-logout/deno'
import { createApp } from './app.ts'
import { settings } from './settings.ts'

const { origin, port, provider } = settings()
const app = createApp({ origin, provider, createLogoutClient, sessions: new Map() })

Deno.serve({ port, hostname: '127.0.0.1' }, app.fetch)
