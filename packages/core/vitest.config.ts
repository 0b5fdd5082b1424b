import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // Many of them wait for limits of time.
    maxWorkers: 2,
    // Properties over real sockets take their time on a busy machine.
    testTimeout: 30_000,
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/generated/**', 'src/testing/**', 'src/**/*.test.ts', 'src/**/*.test-d.ts'],
      reporter: ['text'],
      thresholds: { branches: 95 },
    },
  },
})
