import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import express from 'express'
import { logout } from './logout.ts'

const app = express()
app.all('/logout', toNodeHandler(logout))

export const server = app.listen(Number(process.env.PORT ?? 3000))
