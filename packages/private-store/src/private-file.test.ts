import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeExposure, openPrivateFile } from './private-file.ts'

const isRoot = process.geteuid?.() === 0
const STRANGER = 65_534

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-file-'))
  path = join(folder, 'file')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const modeOf = (file: string): number => lstatSync(file).mode & 0o777
const opening = async (options?: Parameters<typeof openPrivateFile>[1]): Promise<void> => {
  const file = await openPrivateFile(path, options)
  await file.close()
}
const refused = (message: RegExp): Promise<void> =>
  expect(opening()).rejects.toMatchObject({ name: 'NotPrivateError', message: expect.stringMatching(message) })

describe.skipIf(process.platform === 'win32')('openPrivateFile()', () => {
  test.each([0o000, 0o022, 0o277])('creates a file for this user alone, with umask %o', async (umask) => {
    const before = process.umask(umask)
    try {
      await opening()
    } finally {
      process.umask(before)
    }
    expect(modeOf(path)).toBe(0o600)
  })

  test.each([0o644, 0o666, 0o640, 0o777])(
    'makes an existing file of mode %o private and keeps its content',
    async (mode) => {
      writeFileSync(path, 'content')
      chmodSync(path, mode)
      await opening()
      expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o600, 'content'])
    },
  )

  test('appends, or insists on a new file, as configured', async () => {
    writeFileSync(path, 'one ')
    const file = await openPrivateFile(path, { append: true })
    await file.write('two')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('one two')
    await expect(opening({ exclusive: true })).rejects.toMatchObject({ code: 'EEXIST' })
  })

  test('follows no link, and creates nothing at its target', async () => {
    const target = join(folder, 'target')
    symlinkSync(target, path)
    await refused(/file is a symbolic link.*: rm \S+$/)
    expect(lstatSync(target, { throwIfNoEntry: false })).toBeUndefined()
    writeFileSync(target, 'content')
    chmodSync(target, 0o644)
    await refused(/is a symbolic link/)
    expect([modeOf(target), readFileSync(target, 'utf8')]).toEqual([0o644, 'content'])
  })

  test('refuses a file with a second name', async () => {
    writeFileSync(join(folder, 'other'), 'content')
    chmodSync(join(folder, 'other'), 0o644)
    linkSync(join(folder, 'other'), path)
    await refused(/has another name elsewhere/)
    expect(modeOf(path)).toBe(0o644)
  })

  test('refuses a folder, and refuses a pipe without waiting for its other end', async () => {
    mkdirSync(path)
    await expect(opening()).rejects.toMatchObject({ code: 'EISDIR' })
    rmSync(path, { recursive: true })
    execFileSync('mkfifo', [path])
    await refused(/is neither a file nor a folder/)
  })

  test.runIf(isRoot)('refuses a file of another user', async () => {
    writeFileSync(path, '')
    chownSync(path, STRANGER, STRANGER)
    await refused(/belongs to user 65534, and this process runs as user 0/)
  })
})

describe.skipIf(process.platform === 'win32')('describeExposure()', () => {
  test('reports that others can read a file, and what to do', async () => {
    writeFileSync(path, '')
    chmodSync(path, 0o644)
    expect(await describeExposure(path)).toBe(`Every user of this machine can read ${path}: chmod go= ${path}`)
    chmodSync(path, 0o600)
    expect(await describeExposure(path)).toBeUndefined()
  })

  test('gives no advice to change a device for all users', async () => {
    expect(await describeExposure('/dev/null')).toBeUndefined()
  })

  test('checks the file that a link leads to, as reading does', async () => {
    writeFileSync(join(folder, 'target'), '', { mode: 0o600 })
    symlinkSync(join(folder, 'target'), path)
    expect(await describeExposure(path)).toBeUndefined()
    chmodSync(path, 0o604)
    expect(await describeExposure(path)).toMatch(/^Every user/)
  })

  test.runIf(isRoot)('distinguishes a group of others from a group of this user alone', async () => {
    writeFileSync(path, '')
    chownSync(path, 0, 0)
    chmodSync(path, 0o640)
    expect(await describeExposure(path)).toBeUndefined()
    chownSync(path, 0, 1_234_567)
    expect(await describeExposure(path)).toMatch(/^Group 1234567 of this machine can read/)
  })

  test('fails on a missing file', async () => {
    await expect(describeExposure(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
