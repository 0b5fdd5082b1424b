import { createLogoutClient } from '@backend-logout/node'
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import { settings } from './settings.ts'

const { origin, port, provider } = settings()
const app = createApp({ origin, provider, createLogoutClient, sessions: new Map() })

serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
