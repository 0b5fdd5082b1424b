import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Servers and processes are started, killed and waited for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
