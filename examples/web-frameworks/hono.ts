import { createLogoutClient, optionsFromEnvironment } from '@backend-logout/core'
import { Hono } from 'hono'
import { createLogout } from './logout.ts'

const logout = createLogout(createLogoutClient(optionsFromEnvironment({ read: (name) => process.env[name] })))

const app = new Hono()
app.all('/logout', (context) => logout(context.req.raw))

export default app
