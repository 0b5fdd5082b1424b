import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import express, { type ErrorRequestHandler } from 'express'
import { createReceiver, type Places } from './back-channel.ts'

const app = express()
// A parser in front of it: many applications have one for all routes.
if (process.argv[2] === '--with-parser') app.use(express.urlencoded({ extended: true, limit: '1mb' }))
app.all('/backchannel-logout', toNodeHandler(createReceiver(process.env as never as Places)))
// Express would print every body that it cannot parse.
app.use(((_error, _request, response, _next) => void response.sendStatus(400)) satisfies ErrorRequestHandler)
app.listen(Number(process.env.PORT))
