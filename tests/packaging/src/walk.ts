import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { freePort } from '../../outbox/src/loopback-port.ts'
import { emptyFolder, runIn } from './consumer.ts'
import { bun, node, npm } from './program.ts'
import type { Step } from './steps.ts'

/** The result of the steps of a page. */
export interface Walk extends AsyncDisposable {
  readonly folder: string
  /** The origin of the page's application, which replaces the printed one. */
  readonly origin: string
  /** The address of the provider: the one on the page, or the one in the settings. */
  readonly appHost: string
  /** The output of each command for which the page states the output. */
  readonly outputs: readonly { readonly command: string; readonly printed: string[]; readonly announced: string[] }[]
}

/** The steps of a page cannot be followed. */
class Stumble extends Error {}

const { environment, folder: root } = inject('release')
/** The ports that pages print. */
const PRINTED_PORT = /(?<=localhost:|listen\()(?:3000|8000)\b/g

/** `npx` keeps the packages of all runs in one folder: the user's folder may contain another release. */
const npx = { npm_config_cache: join(root, 'npx') }

/** Installs the command line where `npx` finds it, because two concurrent walkthroughs cannot. */
export async function warmNpx(): Promise<void> {
  await runIn(await emptyFolder(), [npm[0], 'exec', '--yes', '--'], ['@backend-logout/cli', '--version'], npx)
}

/**
 * Follows the steps of a page in an empty folder, with the printed commands and files. Only the port differs, and
 * settings and tokens replace `…`.
 */
export async function walk(
  steps: readonly Step[],
  { settings = {}, token = '' }: { readonly settings?: Readonly<Record<string, string>>; readonly token?: string } = {},
): Promise<Walk> {
  const start = await emptyFolder()
  await writeFile(join(start, 'deno.json'), '{ "minimumDependencyAge": 0 }\n')
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const set = (text: string): string => text.replace(PRINTED_PORT, String(port)).replace('Bearer …', `Bearer ${token}`)
  // Node.js 22 cannot run it, as the pages state.
  const isNew = steps.some((step) => 'file' in step && step.code.includes('await using'))
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...environment,
    // The reader has not started this with another package manager.
    npm_config_user_agent: undefined,
    NPM_CONFIG_REGISTRY: environment.npm_config_registry,
    PATH: [dirname(isNew ? process.execPath : node[0]), dirname(bun[0]), process.env.PATH].join(delimiter),
    NO_COLOR: '1',
    PORT: String(port),
    APP_ORIGIN: origin,
    // The default port of `Deno.serve`.
    DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
    ...settings,
  }
  const terminals: Terminal[] = []
  const outputs: { command: string; printed: string[]; announced: string[] }[] = []
  let folder = start
  const close = async (): Promise<void> => {
    for (const terminal of terminals.toReversed()) await terminal.close()
  }
  try {
    for (const step of steps) {
      if ('file' in step) {
        await mkdir(dirname(join(folder, step.file)), { recursive: true })
        await writeFile(join(folder, step.file), set(step.code))
        continue
      }
      const terminal = new Terminal(
        set(step.command),
        folder,
        step.command.startsWith('npx ') ? { ...env, ...npx } : env,
      )
      terminals.push(terminal)
      if (step.staysOpen) Object.assign(env, await terminal.opened(origin))
      else {
        const printed = await terminal.ended()
        folder = await terminal.folder()
        if (step.prints) outputs.push({ command: step.command, printed, announced: [...step.prints] })
      }
    }
  } catch (error) {
    await close()
    throw error
  }
  return { folder, origin, appHost: env.AUTHING_APP_HOST ?? '', outputs, [Symbol.asyncDispose]: close }
}

/** A terminal in which a reader runs the commands of one block. */
class Terminal {
  readonly #command: string
  readonly #at: string
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  #stdout = ''
  #all = ''

  constructor(command: string, folder: string, env: NodeJS.ProcessEnv) {
    this.#command = command
    this.#at = join(folder, '.folder')
    // The commands may change the folder for the following steps.
    const script = `${command}\npwd >'${this.#at}'`
    // A separate process group, so that programs that start others end with them.
    this.#child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#exit = once(this.#child, 'close')
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stdout += chunk
      this.#all += chunk
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#all += chunk
    })
  }

  /** Waits until the commands have ended, and returns their output as lines. */
  async ended(): Promise<string[]> {
    const [code] = await this.#exit
    if (code !== 0) throw this.#stumble(`ended with exit code ${code}`)
    return this.#stdout.trim().split('\n')
  }

  /** Waits until a server responds, or until settings to paste into another terminal are printed, and returns those. */
  async opened(origin: string): Promise<Record<string, string>> {
    for (;;) {
      if (this.#child.exitCode !== null) throw this.#stumble('has ended')
      if (/^export AUTHING_APP_SECRET=.*\n/m.test(this.#stdout)) {
        return Object.fromEntries(
          Array.from(this.#stdout.matchAll(/^export (\w+)=(.*)$/gm), ([, a = '', b = '']) => [a, b]),
        )
      }
      if (await fetch(origin, { redirect: 'manual' }).catch(() => undefined)) return {}
      await sleep(50)
    }
  }

  async folder(): Promise<string> {
    return (await readFile(this.#at, 'utf8')).trim()
  }

  async close(): Promise<void> {
    const { pid } = this.#child
    try {
      if (pid) process.kill(-pid, 'SIGKILL')
    } catch {
      // The whole group has ended.
    }
    await this.#exit
  }

  #stumble(what: string): Stumble {
    return new Stumble(`This ${what}:\n${this.#command}\n${this.#all}`)
  }
}
