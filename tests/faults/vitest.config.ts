import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The state that `manners.ts` watches belongs to a process; files share it, one after the other.
    isolate: false,
    setupFiles: ['src/manners.ts'],
    // Most of a case is waiting for a socket or a timer.
    maxConcurrency: 40,
    maxWorkers: 2,
    testTimeout: 120_000,
  },
})
