import type { Readable } from 'node:stream'
import { Output, type OutputStream } from './output.ts'

/** Environment of a command. The whole program uses one. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined }
  /** For results. */
  readonly stdout: Output
  /** For progress, notes and errors. */
  readonly stderr: Output
  /** Aborts when the reader of the results has left, as after `| head`. */
  readonly readerLeft: AbortSignal
  /** Waits until all results are written; returns the reason if they could not be. A reader that has left does not count. */
  flush(): Promise<Error | undefined>
}

/** The streams of a {@link Terminal}, such as those of a process. */
export interface TerminalStreams {
  readonly env: Terminal['env']
  readonly stdin: Terminal['stdin']
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

/** Creates a {@link Terminal}. A reader that leaves does not crash the program. */
export function createTerminal(streams: TerminalStreams): Terminal {
  const { env, stdout, stderr } = streams
  const left = new AbortController()
  let failure: Error | undefined
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error
    left.abort()
  })
  // A run continues when its notes can no longer be shown.
  stderr.on('error', () => {})
  const flush = async (): Promise<Error | undefined> => {
    await new Promise<void>((resolve) => stdout.write('', () => resolve()))
    return failure
  }
  return {
    env,
    // Only commands that read it open it, because that takes some milliseconds.
    get stdin() {
      return streams.stdin
    },
    stdout: new Output(stdout),
    stderr: new Output(stderr),
    readerLeft: left.signal,
    flush,
  }
}

/** Writes a result; each text is a line. */
export function print({ stdout }: Terminal, ...lines: readonly string[]): void {
  stdout.writeLines(lines)
}

/** Writes a result for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  // JSON has line breaks only between its values: those inside strings are escaped.
  print(terminal, ...JSON.stringify(value, undefined, 2).split('\n'))
}

/** Writes a note for the person at the terminal; each text is a line. */
export function note({ stderr }: Terminal, ...lines: readonly string[]): void {
  stderr.writeLines(lines)
}
