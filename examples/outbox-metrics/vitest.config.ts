import { defineConfig } from 'vitest/config'

const prepared = new URL('../../packages/private-store/src/testing/prepared-memory.ts', import.meta.url)
// For the programs that the tests start.
export default defineConfig({ test: { env: { NODE_OPTIONS: `--import=${prepared}` } } })
