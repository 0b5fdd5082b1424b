import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Properties over real sockets take their time on a busy machine.
    testTimeout: 30_000,
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/generated/**', 'src/testing/**', 'src/**/*.test.ts', 'src/**/*.test-d.ts'],
      reporter: ['text'],
      thresholds: { branches: 95 },
    },
  },
})
