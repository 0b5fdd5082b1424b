import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The providers talk about themselves.
    silent: 'passed-only',
    // Each test signs a user in over HTTP, on machines that do other things too.
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
})
