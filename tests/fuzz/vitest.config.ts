import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One surface after the other: each has a part of the time, and would lose it to the others.
    fileParallelism: false,
    // Campaigns end by themselves, after their time and that of the last input.
    testTimeout: 0,
    hookTimeout: 60_000,
  },
})
