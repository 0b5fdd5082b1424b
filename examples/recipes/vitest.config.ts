import { defineConfig } from 'vitest/config'

const prepared = new URL('../../packages/private-store/src/testing/prepared-memory.ts', import.meta.url)
export default defineConfig({
  test: {
    testTimeout: 30_000,
    // For the programs that the tests start.
    env: { NODE_OPTIONS: `--import=${prepared}` },
  },
})
