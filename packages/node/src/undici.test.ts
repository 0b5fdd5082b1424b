import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { listen } from './testing/loopback-server.ts'
import { runProgram } from './testing/run-program.ts'

const require = createRequire(import.meta.url)

test('the loaded parts of undici are those that it exports', () => {
  const { Pool, buildConnector } = require('undici') as typeof import('undici')
  expect(require('undici/lib/dispatcher/pool.js')).toBe(Pool)
  expect(require('undici/lib/core/connect.js')).toBe(buildConnector)
})

const revoke = (origin: string): string => `
  const client = node.createLogoutClient({ appId: 'app', appSecret: 'secret', appHost: '${origin}' })
  console.log(await client.revokeToken('token-1'))`

test("the application's own fetch stays unchanged", async () => {
  await using server = await listen((_request, response) => response.end())
  const { output, errors } = await runProgram(`
    // Node.js sets its own when it is first asked for one of these.
    new Headers()
    const dispatchers = () => [1, 2].map((version) => globalThis[Symbol.for('undici.globalDispatcher.' + version)])
    const before = dispatchers()
    ${revoke(server.origin)}
    console.log(dispatchers().every((dispatcher, index) => dispatcher === before[index]))`)
  expect({ output, errors }).toEqual({ output: 'true\ntrue\n', errors: '' })
})

test('a version of undici that has moved its files still works', async () => {
  await using server = await listen((_request, response) => response.end())
  const { output, errors } = await runProgram(`
    const { registerHooks } = await import('node:module')
    let missed = 0
    registerHooks({
      resolve(specifier, context, next) {
        if (/^undici.lib/.test(specifier)) {
          missed++
          throw Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' })
        }
        return next(specifier, context)
      },
    })
    ${revoke(server.origin)}
    console.log(missed > 0)`)
  expect({ output, errors }).toEqual({ output: 'true\ntrue\n', errors: '' })
})
