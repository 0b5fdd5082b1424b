import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** The emulator in a separate process, so that none of the runtimes can delay the tests through it. */
export interface ProviderProcess {
  readonly appHost: string
  close(): void
}

/** Starts it, with the Node.js of the workspace. */
export async function startProvider(): Promise<ProviderProcess> {
  const node = join(import.meta.dirname, '../../../node_modules/.bin/node')
  const child = spawn(node, [join(import.meta.dirname, 'emulator-process.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const [appHost] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => Promise.reject(new Error('The emulator did not start.'))),
  ])
  return { appHost, close: () => child.stdin.end() }
}
