import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LoopbackServer, listen, listenRaw } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

let server: LoopbackServer
beforeAll(async () => {
  server = await listen((_request, response) => response.end())
})
afterAll(() => server[Symbol.asyncDispose]())

const client = (origin: string): string =>
  `const client = node.createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: '${origin}' })\n`

/** Lists the modules of undici that have been loaded. */
const undici = `
const { createRequire } = await import('node:module')
const undici = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('undici')).length
`

describe.concurrent('in a separate process', () => {
  test('undici is loaded with the first request', async () => {
    const { output, errors } = await runProgram(`${undici}${client(server.origin)}
      client.buildLogoutUrl()
      console.log(undici())
      await client.revokeToken('token-1')
      console.log(undici() > 10)`)
    expect(errors).toBe('')
    expect(output).toBe('0\ntrue\n')
  })

  test('an idle client lets the process end', async () => {
    const { code, output } = await runProgram(`${client(server.origin)}
      console.log(await client.revokeToken('token-1'))
      const before = performance.now()
      process.on('exit', () => console.log(performance.now() - before < 2_500))`)
    // An idle connection is kept for at least three seconds: the process did not wait for it.
    expect({ code, output }).toEqual({ code: 0, output: 'true\ntrue\n' })
  })

  test('a connection that is still being opened lets the process end once no call waits for it', async () => {
    await using silent = await listenRaw(() => {})
    const { code, output } = await runProgram(`${client(silent.origin.replace('http:', 'https:'))}
      await client.revokeToken('token-1', { timeoutMs: 300, retries: 0 }).catch(({ code }) => console.log(code))
      const before = performance.now()
      process.on('exit', () => console.log(performance.now() - before < 5_000))`)
    // The connection would time out after ten seconds.
    expect({ code, output }).toEqual({ code: 0, output: 'timeout\ntrue\n' })
  })

  test.each(['"a string"', '1', 'undefined'])('setImmediate() may return %s, as in a test environment', async (id) => {
    const { output, errors } = await runProgram(`${client(server.origin)}
      const real = setImmediate
      globalThis.setImmediate = (...call) => (real(...call), ${id})
      console.log(await client.revokeToken('token-1'), await client.revokeToken('token-2'))
      await client.close()
      console.log('closed')`)
    expect({ output, errors }).toEqual({ output: 'true true\nclosed\n', errors: '' })
  })

  test('a call in flight keeps the process alive', async () => {
    await using slow = await listen((_request, response) => {
      setTimeout(() => response.end(), 500)
    })
    const { output } = await runProgram(`${client(slow.origin)}
      client.revokeToken('token-1').then(console.log)`)
    expect(output).toBe('true\n')
  })

  test('the client supports await using', async () => {
    const { output, errors } = await runProgram(`
      async function run() {
        ${client(server.origin)}
        // Node.js 22 does not know the syntax.
        console.log(await client.revokeToken('token-1'))
        await client[Symbol.asyncDispose]()
        return client
      }
      const closed = await run()
      await closed.revokeToken('token-2').catch(({ message }) => console.log(message))`)
    expect(errors).toBe('')
    expect(output).toBe('true\nThis client is closed. Nothing was sent.\n')
  })
})
