import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { setupFiles: '../private-store/src/testing/prepared-memory.ts', testTimeout: 60_000, hookTimeout: 60_000 },
})
