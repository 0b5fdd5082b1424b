import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Servers and processes are started, killed and waited for.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 2,
  },
})
