/** Revokes one token per line of standard input. The outcome of each goes to standard output, as NDJSON. */
import { createInterface } from 'node:readline'
import { createLogoutClientFromEnv } from '@backend-logout/node'

await using client = createLogoutClientFromEnv()
const tokens = createInterface({ input: process.stdin })

let alive = 0
for await (const { index, state, attempts, error } of client.revokeTokens(tokens, { concurrency: 64 })) {
  if (state !== 'accepted') alive++
  console.log(JSON.stringify({ index, state, attempts, code: error?.code }))
}
process.exitCode = alive > 0 ? 1 : 0
