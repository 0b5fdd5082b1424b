import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { createLogoutClientFromEnv } from '@backend-logout/node'
import express, { type ErrorRequestHandler } from 'express'
import { createLogout } from '../../../../examples/web-frameworks/logout.ts'

const app = express()
app.use(express.json({ type: '*/*', limit: '1mb' }))
app.all('/logout', toNodeHandler(createLogout(createLogoutClientFromEnv())))
// Express would print every body that is not JSON.
app.use(((_error, _request, response, _next) => void response.sendStatus(400)) satisfies ErrorRequestHandler)
app.listen(Number(process.env.PORT))
