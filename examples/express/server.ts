import connectPgSimple from 'connect-pg-simple'
import session from 'express-session'
import { createApp } from './app.ts'

for (const name of ['AUTHING_APP_ID', 'AUTHING_APP_SECRET', 'AUTHING_APP_HOST']) {
  if (!process.env[name]) throw new Error(`${name} is not set.`)
}

const { DATABASE_URL, PORT = '3000' } = process.env
const PostgresStore = connectPgSimple(session)
const store = DATABASE_URL ? new PostgresStore({ conString: DATABASE_URL, createTableIfMissing: true }) : undefined

createApp(store).listen(Number(PORT), '127.0.0.1')
