const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm starts a command through a shell, which ends on a signal and does not pass it on. */
const isStartedByNpm = process.env.npm_execpath !== undefined
const parent = process.ppid
/** The interval between checks of the parent process, in milliseconds. */
const LOOK_MS = 250

/**
 * Calls a function at the first Ctrl-C (or SIGTERM, or SIGHUP), so that a command can stop cleanly. The second one ends
 * the process, as the system does by default. If `npx` or `npm run` has started the command, the end of that process
 * counts as well: otherwise the command would continue without it.
 *
 * @returns a function that stops listening
 */
export function onInterruption(callback: () => void): () => void {
  const look = isStartedByNpm ? setInterval(() => process.ppid !== parent && listener(), LOOK_MS).unref() : undefined
  const stopListening = (): void => {
    clearInterval(look)
    for (const signal of SIGNALS) process.off(signal, listener)
  }
  const listener = (): void => {
    stopListening()
    callback()
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return stopListening
}
