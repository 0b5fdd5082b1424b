import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    testTimeout: 240_000,
    hookTimeout: 240_000,
    globalSetup: 'src/postgres.ts',
    // They start processes, and wait for them most of the time.
    maxWorkers: 3,
  },
})
