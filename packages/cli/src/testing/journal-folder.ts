import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { Journal } from '../revoke/journal.ts'

/** The application whose tokens the journals are about. */
export const identity = { provider: 'https://example.genauth.ai', app: 'app', verify: false }
/** The sum of an input. */
export const sum = (digit: string): string => digit.repeat(32)

/** A folder for journals, which is removed after the tests of a file. */
export function journalFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'backend-logout-journal-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let files = 0
  const newPath = (): string => join(folder, `journal-${++files}`)
  const fileWith = (content: string | Uint8Array): string => {
    const path = newPath()
    writeFileSync(path, content)
    return path
  }

  async function written(...records: [read: number, sum: string, done: string, output?: number][]): Promise<string> {
    const path = newPath()
    const journal = await Journal.open(path, identity)
    expect(journal.history).toBeUndefined()
    for (const [read, digest, done, output] of records) journal.append({ read, sum: digest }, { done }, output)
    await journal[Symbol.asyncDispose]()
    return path
  }

  async function historyOf(path: string) {
    const journal = await Journal.open(path, identity)
    await journal[Symbol.asyncDispose]()
    return journal.history
  }

  return { folder, newPath, fileWith, written, historyOf }
}
