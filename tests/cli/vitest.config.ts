import { defineConfig } from 'vitest/config'

// Some tests start processes, or wait for what people wait for.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000, globalSetup: 'src/postgres.ts' } })
