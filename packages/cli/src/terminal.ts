import type { Readable, Writable } from 'node:stream'

/** Where a command reads and writes. The whole program uses one, made from the process. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  /** For results. */
  readonly stdout: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  /** For everything else: progress, notes and errors. */
  readonly stderr: Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
  /** Aborts when nobody reads the results any more, as after `| head`. */
  readonly readerLeft: AbortSignal
}

/** The {@link Terminal} of a process. */
export interface ProcessTerminal extends Terminal {
  /** Waits until all results are written, and says why they could not be. That a reader has left is no reason. */
  flush(): Promise<Error | undefined>
}

/** Makes the {@link Terminal} of this process. Whoever stops reading the output does not crash it. */
export function processTerminal(): ProcessTerminal {
  const { env, stdin, stdout, stderr } = process
  const left = new AbortController()
  let failure: Error | undefined
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error
    left.abort()
  })
  // A terminal that is gone cannot be told anything; what runs goes on to its end.
  stderr.on('error', () => {})
  const flush = async (): Promise<Error | undefined> => {
    await new Promise<void>((resolve) => stdout.write('', () => resolve()))
    return failure
  }
  return { env, stdin, stdout, stderr, readerLeft: left.signal, flush }
}

/** Writes a result. */
export function print({ stdout }: Terminal, text: string): void {
  stdout.write(`${text}\n`)
}

/** Writes a result for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  print(terminal, JSON.stringify(value, undefined, 2))
}

/** Writes a note for the person at the terminal. */
export function note({ stderr }: Terminal, text: string): void {
  stderr.write(`${text}\n`)
}
