import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    globalSetup: 'src/browser/find-chromium.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
