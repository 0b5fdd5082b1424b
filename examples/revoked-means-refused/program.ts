import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running program of this folder, and its address. */
export interface Program extends AsyncDisposable {
  readonly url: string
  /** Kills it, like a crash. */
  kill(): Promise<void>
}

/** A program of this folder. */
export interface StartedProgram extends Program {
  /** Asks it to end, as an operator does, and waits until it has. */
  terminate(): Promise<void>
}

/** Starts a program, and waits until it listens. */
export async function startProgram(file: string, env: Readonly<Record<string, string>>): Promise<StartedProgram> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AUTHING_'))
  const child = spawn(process.execPath, [path], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Listening on (http:\S+?)\/?$/.exec(line) ?? []
    if (url) return programOf(child, ended, url)
  }
  throw new Error(`${file} ended before it listened.`)
}

function programOf(child: ChildProcess, ended: Promise<unknown>, url: string): StartedProgram {
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const terminate = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  return { url, kill, terminate, [Symbol.asyncDispose]: kill }
}
