import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Also those of the programs that are started. Each lives too briefly for optimized WebAssembly to pay off.
    execArgv: ['--liftoff-only'],
    // These tests start, kill and wait for servers and processes.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
})
