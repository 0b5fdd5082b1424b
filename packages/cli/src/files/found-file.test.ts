import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findFile, findFileOrLink } from './found-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'found-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'folder'))
writeFileSync(join(folder, 'file'), 'text')
symlinkSync(join(folder, 'file'), join(folder, 'link'))
symlinkSync(join(folder, 'loop'), join(folder, 'loop'))

test('a file is found, through a link or as the link, and a missing one is not', () => {
  expect(findFile(join(folder, 'link'), 'The output')?.size).toBe(4)
  expect(findFileOrLink(join(folder, 'link'), 'The output')?.isSymbolicLink()).toBe(true)
  expect(findFile(join(folder, 'folder', 'missing'), 'The output')).toBeUndefined()
  expect(findFileOrLink('', 'The output')).toBeUndefined()
})

test.each([
  ['x'.repeat(300), /^The output cannot be used: the name is invalid\.$/],
  ['loop', /loop cannot be used: it is a symbolic link\.$/],
])('a path that the system refuses is wrong usage: %s', (path, message) => {
  expect(() => findFile(join(folder, path), 'The output')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
  )
})
