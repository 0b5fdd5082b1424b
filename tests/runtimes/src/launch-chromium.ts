import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * Starts the Chromium that `CHROMIUM` names or that is installed; otherwise the one of the npm package
 * `@sparticuz/chromium`, which unpacks itself into the folder for temporary files.
 */
export async function launchChromium(): Promise<Browser> {
  const installed = process.env.CHROMIUM ?? INSTALLED.find((path) => existsSync(path))
  return (installed && (await start(installed).catch(() => undefined))) || startPacked()
}

async function startPacked(): Promise<Browser> {
  const { default: packed, inflate } = await import('@sparticuz/chromium')
  const executable = await packed.executablePath()
  return start(executable).catch(async () => {
    // Minimal systems lack libraries; the package contains them, but unpacks them only where it expects to run.
    const bin = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../bin')
    const libraries = join(await inflate(join(bin, 'al2023.tar.br')), 'lib')
    return start(executable, { LD_LIBRARY_PATH: libraries })
  })
}

function start(executablePath: string, env: Record<string, string> = {}): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
  return chromium.launch({ executablePath, args, env: { ...(process.env as Record<string, string>), ...env } })
}
