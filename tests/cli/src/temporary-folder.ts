import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that is removed after the tests of a file. */
export interface TemporaryFolder {
  readonly path: string
  /** A path in it that is not in use. */
  fresh(): string
  /** Writes a new file, and returns its path. */
  file(content: string | Uint8Array): string
  /** The parsed lines of an NDJSON file. */
  ndjson(path: string): Record<string, unknown>[]
}

/** Creates a folder for the tests of a file. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'backend-logout-cli-'))
  afterAll(() => rmSync(path, { recursive: true }))
  let files = 0
  const folder: TemporaryFolder = {
    path,
    fresh: () => join(path, `file-${++files}`),
    file: (content) => {
      const name = folder.fresh()
      writeFileSync(name, content, { mode: 0o600 })
      return name
    },
    ndjson: (file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  }
  return folder
}
