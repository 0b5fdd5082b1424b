import { defineConfig } from 'vitest/config'

// No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests.
export default defineConfig({ test: { isolate: false } })
