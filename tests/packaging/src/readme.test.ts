import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsrPackages, npmPackages } from '../../../scripts/release/packages.ts'
import { installed, runIn, type ToolchainName, toolchains } from './consumer.ts'
import { node, type Program, root } from './program.ts'
import { type QuickStart, readQuickStart, type Scene, setScene, settings } from './quick-start.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator[Symbol.asyncDispose]())

/** The database of an outbox lives too briefly for optimized WebAssembly to pay off. */
const QUICK_WEBASSEMBLY = '--liftoff-only'

/** The output that a program announces, in the comments beside it. */
const announced = (code: string): string[] =>
  Array.from(code.matchAll(/console\.log\(.*\/\/ (\S+)$/gm), ([, value = '']) => value)

/** Follows a quick start in an empty folder to its end, and returns the output of the program. */
async function follow(
  { install, language, code }: QuickStart,
  toolchain: ToolchainName,
  scene: Scene,
): Promise<string> {
  const folder = await installed(toolchain, install)
  const program = setScene(code, scene)
  if (language === 'sh') {
    const path = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`
    return await runIn(folder, ['bash', '-euo', 'pipefail', '-c'], [program], { ...settings(scene), PATH: path })
  }
  await writeFile(join(folder, 'quick-start.ts'), program)
  await copyFile(join(import.meta.dirname, 'programs/use-quick-start.ts'), join(folder, 'use-quick-start.ts'))
  // A program that runs until it is stopped has done its work by then.
  const isDone = async (): Promise<boolean> =>
    code.includes('SIGTERM') && !(await emulator.isActive(scene.tokens.accessToken))
  return await runIn(folder, runtimeFor(code, toolchain), ['use-quick-start.ts'], settings(scene), isDone)
}

function runtimeFor(code: string, toolchain: ToolchainName): Program {
  // Node.js 22 cannot run it.
  if (toolchain !== 'Deno' && code.includes('await using')) return [process.execPath]
  // Bun replaces undici with its implementation, so a program with the client for Node.js is for Node.js.
  if (code.includes("'@backend-logout/node'")) return [...node, QUICK_WEBASSEMBLY]
  return toolchains[toolchain].runtime
}

interface Case {
  readonly name: string
  readonly toolchain: ToolchainName
  readonly quickStart: () => QuickStart
}

/**
 * Each package is installed with one tool, and each tool installs some packages: a defect is in a package or in a tool.
 * `npm run test:long` tries every pair.
 */
const TOOLS: readonly ToolchainName[] = ['Bun', 'npm', 'pnpm']
const toolsFor = (index: number): readonly ToolchainName[] =>
  process.env.LONG ? TOOLS : TOOLS.slice(index % TOOLS.length).slice(0, 1)

const quickStartOf = (folder: string) => (): QuickStart => readQuickStart(join(root, folder, 'README.md'))
const workspace = quickStartOf('.')
/**
 * Packages whose README does not begin with a program that ends: the command line is interactive
 * (command-line.test.ts), the private store and OpenTelemetry are parts of others, and a revocation list follows a feed
 * (tests/revocations, tests/runtimes).
 */
const WITHOUT_QUICK_START = /\/(?:cli|opentelemetry|private-store|revocations)$/

const cases: Case[] = [
  ...[
    ...npmPackages(root).filter(({ folder }) => !WITHOUT_QUICK_START.test(folder)),
    // Otherwise, walks.test.ts follows it.
    ...(process.env.LONG ? [{ folder: '.', manifest: { name: 'the workspace' } }] : []),
  ].flatMap(({ folder, manifest }, index) =>
    toolsFor(index).map((toolchain) => ({ name: manifest.name, toolchain, quickStart: quickStartOf(folder) })),
  ),
  ...jsrPackages(root).map(({ folder, manifest }) => ({
    name: manifest.name,
    toolchain: 'Deno' as const,
    quickStart: quickStartOf(folder),
  })),
  {
    name: 'the workspace',
    toolchain: 'Deno',
    // As in its README.
    quickStart: () => ({
      ...workspace(),
      install: ['jsr:@backend-logout/deno', 'npm:@backend-logout/emulator'],
      code: workspace().code.replace('@backend-logout/node', '@backend-logout/deno'),
    }),
  },
]

describe.concurrent('the quick start of the README', () => {
  test.each(cases)('of $name works in an empty folder with $toolchain', async ({ toolchain, quickStart }) => {
    const [tokens, otherTokens] = await Promise.all([emulator.signIn(), emulator.signIn()])
    const { app, appHost, issuer } = emulator
    const steps = quickStart()
    const output = await follow(steps, toolchain, { app, appHost, issuer, tokens, otherTokens })
    // Some start a provider.
    if (steps.code.includes('startEmulator')) {
      expect(announced(steps.code).length).toBeGreaterThan(0)
      expect(output.trim().split('\n')).toEqual(announced(steps.code))
    } else expect(await emulator.isActive(tokens.accessToken)).toBe(false)
  })
})
