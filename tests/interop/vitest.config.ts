import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The providers write to the console.
    silent: 'passed-only',
    // Each test signs a user in over HTTP, on machines that are also busy with other work.
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
})
