import { createLogoutClient, optionsFromEnvironment } from '@backend-logout/core'
import { createLogout } from './logout.ts'

const logout = createLogout(createLogoutClient(optionsFromEnvironment({ read: (name) => process.env[name] })))

Bun.serve({ port: Number(process.env.PORT ?? 3000), routes: { '/logout': logout } })
