import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // Most of them wait, for limits of time or for a database.
    maxWorkers: 2,
    // Each database lives too briefly for optimized WebAssembly to pay off.
    execArgv: ['--liftoff-only'],
    // Properties, and a database that is opened, take their time on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
