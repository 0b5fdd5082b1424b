/** The memory that optimizing PGlite fits into, in bytes. */
const ENOUGH_BYTES = 1.5 * 2 ** 30
const OPTIMIZED = ['--wasm-tier-up', '--wasm-dynamic-tiering']
const PLAIN = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']

let running = 0

/**
 * Starts PGlite. In a container with less memory than 1.5 GiB, V8 does not optimize its WebAssembly: for a moment, that
 * takes half a gigabyte, and could end the process. V8 decides this when it compiles a module, so that other modules are
 * optimized, except those that are compiled in the same moment.
 */
export async function startSparingly<T>(start: () => Promise<T>): Promise<T> {
  // Without a limit, it is 0 or more than any machine has.
  const limit = process.constrainedMemory?.() ?? 0
  const isChosen = process.execArgv.some((argument) => /^--?(?:no[-_]?)?(?:wasm|liftoff)/.test(argument))
  // Bun has another engine.
  if (limit === 0 || limit >= ENOUGH_BYTES || isChosen || process.versions.bun) return start()
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  running++
  try {
    PLAIN.forEach(setFlagsFromString)
    return await start()
  } finally {
    if (--running === 0) OPTIMIZED.forEach(setFlagsFromString)
  }
}
