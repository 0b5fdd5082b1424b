/** The memory that optimizing PGlite fits into, in bytes. */
const ENOUGH_BYTES = 1_073_741_824
const OPTIMIZED = ['--wasm-tier-up', '--wasm-dynamic-tiering']
const PLAIN = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']

let running = 0

/**
 * Starts PGlite. In a container with less memory than 1 GiB, V8 does not optimize its WebAssembly: for a moment, that takes
 * half a gigabyte, and would end the process. V8 decides this when it compiles a module, so nothing else changes.
 */
export async function startSparingly<T>(start: () => Promise<T>): Promise<T> {
  // Without a limit, it is 0 or more than any machine has; other runtimes than Node.js do not have the function.
  const limit = process.constrainedMemory?.() ?? 0
  const isChosen = process.execArgv.some((argument) => /^--(?:no-)?(?:wasm|liftoff)/.test(argument))
  if (limit === 0 || limit >= ENOUGH_BYTES || isChosen) return start()
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  if (running++ === 0) PLAIN.forEach(setFlagsFromString)
  try {
    return await start()
  } finally {
    if (--running === 0) OPTIMIZED.forEach(setFlagsFromString)
  }
}
