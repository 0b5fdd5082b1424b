import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A database is opened, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
