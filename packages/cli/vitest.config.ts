import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
    isolate: false,
    // Some read journals of a million lines, on a machine that may be busy.
    testTimeout: 30_000,
  },
})
