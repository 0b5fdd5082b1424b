import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    globalSetup: 'src/postgres.ts',
    // These tests start processes, and mostly wait for them.
    maxWorkers: 3,
  },
})
