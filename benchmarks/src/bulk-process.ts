/** A bulk run through the library, in a separate process: `bulk-process.ts URL COUNT CONCURRENCY`. */
import { createLogoutClient } from '@backend-logout/node'
import { tokensOf } from './bulk-tokens.ts'

const [url = '', count = '0', concurrency = '32'] = process.argv.slice(2)
const total = Number(count)
const client = createLogoutClient({ appId: 'app', appSecret: 'the-secret', appHost: url })
const tenths: number[] = []
let revoked = 0
let peakRss = 0
const startedAt = performance.now()
let tenthAt = startedAt
for await (const { state } of client.revokeTokens(tokensOf(total), { concurrency: Number(concurrency) })) {
  if (state === 'accepted') revoked++
  if (revoked % Math.ceil(total / 10) === 0) {
    const now = performance.now()
    tenths.push(now - tenthAt)
    tenthAt = now
    peakRss = Math.max(peakRss, process.memoryUsage.rss())
  }
}
process.send?.({ revoked, elapsedMs: performance.now() - startedAt, tenths, peakRss })
await client.close()
process.disconnect?.()
