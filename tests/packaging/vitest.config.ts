import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: 'src/local-release.ts',
    // Package managers and runtimes are started, on machines that do other things too.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    maxConcurrency: 3,
    // A file list that is not committed is a failure; `-u` writes it.
    update: 'none',
  },
})
