import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // A program is started, on a machine that may be busy.
    testTimeout: 60_000,
  },
})
