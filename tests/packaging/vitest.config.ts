import { defineConfig } from 'vitest/config'

// These read files, and need no release.
const readers = ['src/workflows.test.ts']

// pnpm links the files of its store, which is on the disk.
if (process.env.TMPDIR?.startsWith('/dev/shm/')) delete process.env.TMPDIR

export default defineConfig({
  test: {
    maxWorkers: 2,
    // A file list that is not committed is a failure; `-u` writes it.
    update: 'none',
    projects: [
      { test: { name: 'workflows', include: readers } },
      {
        test: {
          name: 'release',
          include: ['src/*.test.ts'],
          exclude: readers,
          globalSetup: 'src/local-release.ts',
          // These tests start package managers and runtimes, on machines that are also busy with other work.
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxConcurrency: 3,
        },
      },
    ],
  },
})
