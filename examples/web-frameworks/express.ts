import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutClientFromEnv } from '@backend-logout/node'
import express from 'express'
import { createLogout } from './logout.ts'

const app = express()
app.all('/logout', toNodeHandler(createLogout(createLogoutClientFromEnv())))
app.listen(Number(process.env.PORT ?? 3000))
