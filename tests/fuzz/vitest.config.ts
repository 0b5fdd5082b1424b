import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One campaign after the other: each has a share of the time, and would lose it to the others.
    fileParallelism: false,
    // Campaigns end on their own, after their time and that of the last input.
    testTimeout: 0,
    hookTimeout: 60_000,
  },
})
