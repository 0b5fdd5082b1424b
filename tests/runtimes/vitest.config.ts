import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Of the runtimes: each has its own provider, desk and folder, and waits for half of its time.
    maxConcurrency: 2,
  },
})
