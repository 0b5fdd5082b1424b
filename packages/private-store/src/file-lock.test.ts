import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFile } from './file-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'file-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('lockFile() admits one open file at a time, until that is closed, and prevents no one from reading', async () => {
  const path = join(folder, 'file')
  const first = await open(path, 'a+')
  await first.appendFile('text')
  expect(lockFile(first.fd)).toBe(true)
  await using second = await open(path, 'a+')
  expect(lockFile(second.fd)).toBe(false)
  expect((await second.readFile()).toString()).toBe('text')
  await first.close()
  expect(lockFile(second.fd)).toBe(true)
})
