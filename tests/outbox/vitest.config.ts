import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Processes are started, killed and waited for.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    globalSetup: 'src/template.ts',
    // Most of the time they wait.
    maxWorkers: 3,
  },
})
