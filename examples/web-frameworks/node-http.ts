import { createServer } from 'node:http'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutClientFromEnv } from '@backend-logout/node'
import { createLogout } from './logout.ts'

const logout = createLogout(createLogoutClientFromEnv())

createServer(toNodeHandler(logout)).listen(Number(process.env.PORT ?? 3000))
