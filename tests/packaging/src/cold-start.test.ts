import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed, runIn } from './consumer.ts'
import { node } from './program.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator[Symbol.asyncDispose]())

test('a first revocation does not load the undici that is part of Node.js', async () => {
  // `Headers`, `Request`, `FormData` and `fetch` would, in a quarter of the time that the process takes.
  const folder = await installed('npm', ['@backend-logout/node'])
  const { app, appHost } = emulator
  const options = { appId: app.appId, appSecret: app.appSecret, appHost }
  const program = `
    import { createLogoutClient } from '@backend-logout/node'
    const isLoaded = () => process.moduleLoadList.some((name) => name.endsWith('internal/deps/undici/undici'))
    const client = createLogoutClient(${JSON.stringify(options)})
    console.log(await client.revokeToken('token-1'), isLoaded())
    new Headers()
    console.log(isLoaded())`
  expect(await runIn(folder, node, ['--input-type=module', '--eval', program])).toBe('true false\ntrue\n')
})

test('the command line loads packages on demand, except the one that every command needs', async () => {
  const folder = await installed('npm', ['@backend-logout/cli'])
  const code = await readFile(join(folder, 'node_modules/@backend-logout/cli/dist/main.js'), 'utf8')
  const imports = Array.from(code.matchAll(/^(?:import|\} from) (?:.* from )?"([^"]+)";$/gm), ([, name = '']) => name)
  // Modules of Node.js are not imported, because an import reads all of their exports.
  expect(new Set(imports)).toEqual(new Set(['@backend-logout/node']))
})
