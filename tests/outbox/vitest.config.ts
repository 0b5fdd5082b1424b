import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Processes are started, killed and waited for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
