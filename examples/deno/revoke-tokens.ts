import { createLogoutClientFromEnv, fingerprintToken } from '@backend-logout/deno'

/** The lines of standard input, as they arrive. */
async function* lines(): AsyncGenerator<string> {
  let rest = ''
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const complete = (rest + text).split('\n')
    rest = complete.pop() ?? ''
    for (const line of complete) if (line.trim()) yield line.trim()
  }
  if (rest.trim()) yield rest.trim()
}

/** Passes lines on, and remembers those that are in flight, to be able to name them. */
const underWay = new Map<number, string>()
async function* remembered(): AsyncGenerator<string> {
  let index = 0
  for await (const token of lines()) {
    underWay.set(index++, token)
    yield token
  }
}

using client = createLogoutClientFromEnv()
let revoked = 0
let failed = 0
for await (const { index = -1, state, error } of client.revokeTokens(remembered(), { concurrency: 64 })) {
  const token = underWay.get(index) ?? ''
  underWay.delete(index)
  if (state === 'accepted') revoked++
  else {
    failed++
    console.error(`${await fingerprintToken(token)} ${state}: ${error?.message}`)
  }
}
console.log(`${revoked} revoked, ${failed} not`)
if (failed > 0) Deno.exitCode = 1
