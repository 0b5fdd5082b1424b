import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Generators take seconds each, and start processes.
  test: { testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1 },
})
