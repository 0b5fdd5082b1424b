import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // A program is started, on a machine that may be busy.
    testTimeout: 60_000,
  },
})
