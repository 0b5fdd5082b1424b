import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: 'src/browser/find-chromium.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
