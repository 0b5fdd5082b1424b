import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // Most of a case is waiting for a socket, a timer or a process.
    sequence: { concurrent: true },
    maxConcurrency: 8,
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
})
