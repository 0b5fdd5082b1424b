import { defineConfig } from 'vitest/config'

// Each test starts a few processes, and some wait for what people wait for.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } })
