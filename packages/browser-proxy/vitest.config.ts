import { defineConfig } from 'vitest/config'

// No file leaves anything behind, so they can share a process; starting one for each takes longer than most tests. Types
// are tested by `check:types`. Most of them wait for limits of time.
export default defineConfig({ test: { isolate: false, maxWorkers: 2 } })
