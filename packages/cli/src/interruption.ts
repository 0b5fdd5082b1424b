const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm starts a command through a shell, which a signal ends, and which does not pass it on. */
const isStartedByNpm = process.env.npm_execpath !== undefined
const parent = process.ppid
/** How often to look for the parent process, in milliseconds. */
const LOOK_MS = 250

/**
 * Calls back at the first Ctrl-C (or SIGTERM, or SIGHUP), so that a command can stop cleanly. The second one ends the
 * process, as the system does by default. For a command that `npx` or `npm run` has started, the end of that counts too:
 * otherwise the command would go on without it.
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
