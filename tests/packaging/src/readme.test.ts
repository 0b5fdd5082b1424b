import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsrPackages, npmPackages } from '../../../scripts/release/packages.ts'
import { installed, runIn, type ToolchainName, toolchains } from './consumer.ts'
import { node, root } from './program.ts'
import { readQuickStart, type Scene, setScene, settings } from './quick-start.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator[Symbol.asyncDispose]())

/** Follows a README in an empty folder to the end of its quick start, and gives what the program printed. */
async function follow(readme: string, toolchain: ToolchainName, scene: Scene): Promise<string> {
  const { install, language, code } = readQuickStart(readme)
  const folder = await installed(toolchain, install)
  if (language === 'sh') {
    const path = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`
    return await runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [setScene(code, scene)], {
      ...settings(scene),
      PATH: path,
    })
  }
  await writeFile(join(folder, 'quick-start.ts'), setScene(code, scene))
  await copyFile(join(import.meta.dirname, 'programs/use-quick-start.ts'), join(folder, 'use-quick-start.ts'))
  // Bun puts something of its own in the place of undici, so a program with the client for Node.js is for Node.js.
  const runtime = code.includes("'@backend-logout/node'") ? node : toolchains[toolchain].runtime
  return await runIn(folder, runtime, ['use-quick-start.ts'], settings(scene))
}

const readmes = [
  ...npmPackages(root).map(({ folder, manifest }) => ({
    name: manifest.name,
    readme: join(root, folder, 'README.md'),
  })),
  { name: 'the workspace', readme: join(root, 'README.md') },
]
const cases = readmes.flatMap((entry) =>
  (['npm', 'pnpm', 'Bun'] as const).map((toolchain) => ({ ...entry, toolchain })),
)
const forDeno = jsrPackages(root).map(({ folder, manifest }) => ({
  name: manifest.name,
  readme: join(root, folder, 'README.md'),
  toolchain: 'Deno' as const,
}))

describe.concurrent('the quick start of the README', () => {
  test.each([...cases, ...forDeno])(
    'of $name works in an empty folder with $toolchain',
    async ({ name, readme, toolchain }) => {
      const [tokens, otherTokens] = await Promise.all([emulator.signIn(), emulator.signIn()])
      const { app, appHost, issuer } = emulator
      const output = await follow(readme, toolchain, { app, appHost, issuer, tokens, otherTokens })
      // The emulator's own is about a provider that it starts itself.
      if (name === '@backend-logout/emulator') expect(output.trim().split('\n')).toEqual(['200', '401'])
      else expect(await emulator.isActive(tokens.accessToken)).toBe(false)
    },
  )
})
