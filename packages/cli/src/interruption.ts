const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls back at the first Ctrl-C (or SIGTERM, or SIGHUP), so that a command can stop cleanly. The second one ends the
 * process, as the system does by default.
 *
 * @returns a function that stops listening
 */
export function onInterruption(callback: () => void): () => void {
  const stopListening = (): void => {
    for (const signal of SIGNALS) process.off(signal, listener)
  }
  const listener = (): void => {
    stopListening()
    callback()
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  return stopListening
}
