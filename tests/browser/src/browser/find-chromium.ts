import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

/** A Chromium that starts on this machine. */
export interface Chromium {
  readonly executablePath: string
  /** The folder of the shared libraries that the machine lacks. */
  readonly libraries?: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly chromium: Chromium
  }
}

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** For a browser that connects only to this machine. */
export const CHROMIUM_ARGUMENTS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Finds a Chromium for the tests, once: an installed one (or the one that `CHROMIUM` names), otherwise the one inside
 * the npm package `@sparticuz/chromium`, which is unpacked until the tests end.
 */
// biome-ignore lint/style/noDefaultExport: vitest imports it
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = process.env.CHROMIUM ?? INSTALLED.find((path) => existsSync(path))
  if (executablePath && (await starts({ executablePath }))) {
    project.provide('chromium', { executablePath })
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'backend-logout-chromium-'))
  project.provide('chromium', await unpack(folder))
  return () => rm(folder, { recursive: true, force: true })
}

async function unpack(folder: string): Promise<Chromium> {
  const { TMPDIR } = process.env
  // The package unpacks there, under fixed names that other programs also use.
  process.env.TMPDIR = folder
  try {
    const { default: packed, inflate } = await import('@sparticuz/chromium')
    const executablePath = await packed.executablePath()
    if (await starts({ executablePath })) return { executablePath }
    const binaries = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', 'bin')
    const [archive = ''] = globSync(join(binaries, 'al2023.tar.br'))
    const withLibraries = { executablePath, libraries: join(await inflate(archive), 'lib') }
    if (await starts(withLibraries)) return withLibraries
    throw new Error('No Chromium starts on this machine. Install one, or name it in the environment as CHROMIUM.')
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

async function starts(candidate: Chromium): Promise<boolean> {
  try {
    const browser = await chromium.launch(launchOptions(candidate))
    await browser.close()
    return true
  } catch {
    return false
  }
}

/** The command that starts it. */
export function launchOptions({ executablePath, libraries }: Chromium): Parameters<typeof chromium.launch>[0] {
  const env = { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) } as Record<string, string>
  return { executablePath, args: [...CHROMIUM_ARGUMENTS], headless: true, env }
}
