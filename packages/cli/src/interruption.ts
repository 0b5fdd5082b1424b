const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Lets a command end in good order at the first Ctrl-C (or SIGTERM, or SIGHUP). The second one ends the process, as the
 * system does it.
 *
 * @returns what to call when the command is done
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
