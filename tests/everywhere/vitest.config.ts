import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Also for the programs that the tests start. Each database lives too briefly for optimized WebAssembly to pay off.
    execArgv: ['--liftoff-only'],
    // These tests start, kill and wait for servers and processes.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
})
