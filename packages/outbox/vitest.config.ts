import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Each database lives too briefly for optimized WebAssembly to pay off.
    execArgv: ['--liftoff-only'],
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // A database is opened, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
