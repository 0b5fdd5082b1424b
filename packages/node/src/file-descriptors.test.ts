import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LoopbackServer, listen } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

/** Node.js itself needs some twenty. It must not warn of a file with certificates that it cannot open. */
const place = { descriptors: 64, env: { NODE_EXTRA_CA_CERTS: '' } }

let server: LoopbackServer
beforeAll(async () => {
  server = await listen((_request, response) => {
    setTimeout(() => response.end(), 50)
  })
})
afterAll(() => server[Symbol.asyncDispose]())

/** A client, and functions that take all file descriptors and give them back. */
const start = (): string => `
  import { closeSync, openSync } from 'node:fs'
  const client = node.createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: '${server.origin}' })
  const taken = []
  const take = () => { try { for (;;) taken.push(openSync('/dev/null')) } catch {} }
  const give = () => { for (const one of taken.splice(0)) closeSync(one) }
`

describe.concurrent('without file descriptors', () => {
  test('a bulk run knows that requests were not sent', async () => {
    const { output, errors } = await runProgram(
      `${start()}
      const counts = {}
      const tokens = Array.from({ length: 300 }, (_, index) => 'token-' + index)
      for await (const { state, error } of client.revokeTokens(tokens, { concurrency: 200, retries: 0 })) {
        counts[error?.code ?? state] = (counts[error?.code ?? state] ?? 0) + 1
        if (error && (state !== 'live' || !/EMFILE.*Nothing was sent/.test(error.message))) console.log(state, error)
      }
      console.log(Object.keys(counts).sort().join(), counts.accepted + counts.network)`,
      place,
    )
    expect({ output, errors }).toEqual({ output: 'accepted,network 300\n', errors: '' })
  })

  test('a bulk run needs no code for failures to succeed', async () => {
    const { output, errors } = await runProgram(`${start()}
      const { registerHooks } = await import('node:module')
      registerHooks({
        resolve(specifier, context, next) {
          if (/attempt-history/.test(specifier)) throw new Error('EMFILE')
          return next(specifier, context)
        },
      })
      for await (const { state } of client.revokeTokens(['token-1'])) console.log(state)`)
    expect({ output, errors }).toEqual({ output: 'accepted\n', errors: '' })
  })

  test('a call after the first one tries again, and knows that nothing was sent', async () => {
    const { output, errors } = await runProgram(
      `${start()}
      await client.revokeToken('token-1')
      await new Promise((resolve) => setTimeout(resolve, 50))
      const opened = Array.from({ length: 20 }, (_, index) => client.revokeToken('other-' + index))
      take()
      await Promise.all(opened.map((call) => call.catch(() => {})))
      const all = Array.from({ length: 30 }, (_, index) => client.revokeToken('more-' + index, { retries: 1 }))
      const failed = (await Promise.allSettled(all)).flatMap(({ reason }) => reason ?? [])
      give()
      console.log(failed.length > 0, failed.every(({ attempts, message }) => attempts === 2 && /EMFILE.*Nothing was sent/.test(message)))
      console.log(await client.revokeToken('token-2'))`,
      place,
    )
    expect({ output, errors }).toEqual({ output: 'true true\ntrue\n', errors: '' })
  })

  test('a client whose first call failed works as soon as there are some', async () => {
    const { output, errors } = await runProgram(
      `${start()}
      take()
      console.log(await client.revokeToken('token-1', { retries: 0 }).catch(({ code }) => code))
      give()
      console.log(await client.revokeToken('token-1'))`,
      place,
    )
    expect({ output, errors }).toEqual({ output: 'network\ntrue\n', errors: '' })
  })
})
