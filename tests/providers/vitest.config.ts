import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Nearly all of a case is waiting for a socket, a timer or a process.
    sequence: { concurrent: true },
    maxConcurrency: 8,
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
})
