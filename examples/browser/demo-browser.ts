/**
 * A web application whose logout revokes the tokens, to be tried in a browser: `npm run demo:browser`.
 *
 * It listens on the port in `PORT`, otherwise on 3000, or on any free port if that is in use.
 */
import { startDemo } from './start-demo.ts'

const wanted = process.env.PORT
console.log('Starting a provider, an outbox and a backend …')
const demo = await startDemo({ port: Number(wanted ?? 3000) }).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE' && wanted === undefined) return startDemo()
  throw error
})
console.log(`Open ${demo.url} in a browser. Ctrl+C ends it.`)
process.once('SIGINT', () => demo[Symbol.asyncDispose]())
process.once('SIGTERM', () => demo[Symbol.asyncDispose]())
