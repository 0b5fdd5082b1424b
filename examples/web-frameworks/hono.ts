import { Hono } from 'hono'
import { logout } from './logout.ts'

const app = new Hono()
app.all('/logout', (context) => logout(context.req.raw))

export default app
