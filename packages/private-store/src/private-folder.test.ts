import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeContentsPrivate, makeFolderPrivate } from './private-folder.ts'

const isRoot = process.geteuid?.() === 0
/** The user that other systems call nobody; any other would do. */
const STRANGER = 65_534

let parent: string
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'private-folder-')))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8)
const folder = (name: string, mode: number, owner?: number): string => {
  const path = join(parent, name)
  mkdirSync(path)
  chmodSync(path, mode)
  if (owner !== undefined) chownSync(path, owner, owner)
  return path
}
const refused = (task: () => unknown, message: RegExp): void =>
  expect(task).toThrow(expect.objectContaining({ name: 'NotPrivateError', message: expect.stringMatching(message) }))

describe.skipIf(process.platform === 'win32')('makeFolderPrivate()', () => {
  test.each([0o000, 0o022, 0o077, 0o777])(
    'creates a folder and its parents for this user alone, with umask %o',
    (umask) => {
      const before = process.umask(umask)
      try {
        const { path, wasOpen } = makeFolderPrivate(join(parent, 'a/b/c'))
        expect([path, wasOpen]).toEqual([join(parent, 'a/b/c'), false])
      } finally {
        process.umask(before)
      }
      expect(['a', 'a/b', 'a/b/c'].map((name) => modeOf(join(parent, name)))).toEqual(['700', '700', '700'])
    },
  )

  test.each([0o755, 0o777, 0o770, 0o711, 0o500, 0o2775])('makes an existing folder of mode %o private', (mode) => {
    const path = folder('existing', mode)
    expect(makeFolderPrivate(path)).toEqual({ path, wasOpen: mode !== 0o500 })
    expect(Number.parseInt(modeOf(path), 8) & 0o777).toBe(0o700)
  })

  test('leaves a folder unchanged that holds other files, such as a project', () => {
    const path = folder('project', 0o755)
    writeFileSync(join(path, 'lock'), '')
    makeFolderPrivate(path, ['lock'])
    chmodSync(path, 0o755)
    writeFileSync(join(path, 'package.json'), '{}')
    refused(() => makeFolderPrivate(path, ['lock']), new RegExp(`"package.json".*: chmod 700 ${path}$`))
    expect(modeOf(path)).toBe('755')
    chmodSync(path, 0o700)
    expect(makeFolderPrivate(path, ['lock'])).toEqual({ path, wasOpen: false })
  })

  test('leaves a shared folder unchanged, even if it is empty', () => {
    refused(() => makeFolderPrivate(folder('shared', 0o1777)), /is open to other users/)
  })

  test.each([tmpdir(), '/', '.'])('never locks others out of %s', (path) => {
    const before = modeOf(path)
    try {
      makeFolderPrivate(path)
    } catch {
      // The result depends on the user who runs the tests.
    }
    expect(modeOf(path)).toBe(before)
  })

  test('refuses a folder in another one that everyone can write, and states how to change that', () => {
    const open = folder("it's open", 0o777)
    refused(() => makeFolderPrivate(join(open, 'a')), /Every user .* can write .*: chmod go-w '.*it'\\''s open'$/)
    refused(() => makeFolderPrivate(join(open, 'a/b')), /Every user/)
    chmodSync(open, 0o1777)
    makeFolderPrivate(join(open, 'a/b'))
  })

  test('refuses a symbolic link, even one that leads nowhere', () => {
    symlinkSync(folder('target', 0o700), join(parent, 'link'))
    symlinkSync(join(parent, 'missing'), join(parent, 'dangling'))
    for (const name of ['link', 'dangling']) refused(() => makeFolderPrivate(join(parent, name)), /is a symbolic link/)
    expect(() => lstatSync(join(parent, 'missing'))).toThrow('ENOENT')
  })

  test('follows links of this user on the way to a folder, and checks their targets', () => {
    const open = folder('open', 0o777)
    folder('closed', 0o700)
    symlinkSync('open', join(parent, 'to-open'))
    symlinkSync('./closed/../closed', join(parent, 'to-closed'))
    symlinkSync('circle', join(parent, 'circle'))
    expect(makeFolderPrivate(join(parent, 'to-closed/a')).path).toBe(join(parent, 'closed/a'))
    refused(() => makeFolderPrivate(join(parent, 'to-open/a')), new RegExp(`can write ${open}`))
    refused(() => makeFolderPrivate(join(parent, 'circle/a')), /too many symbolic links/)
  })

  test('refuses a file instead of the folder or of its parent', () => {
    writeFileSync(join(parent, 'file'), '')
    refused(() => makeFolderPrivate(join(parent, 'file')), /is not a folder/)
    refused(() => makeFolderPrivate(join(parent, 'file/a')), /is not a folder/)
  })

  test('refuses a folder of another user, such as a system folder', () => {
    // Root owns it; if the tests run as root, another user must.
    const path = isRoot ? folder('theirs', 0o755, STRANGER) : '/usr'
    refused(
      () => makeFolderPrivate(path),
      /belongs to user \d+, and this process runs as user \d+.*: chown -R \d+ \S+$/,
    )
  })

  describe.runIf(isRoot)('as root, who can give files to other users', () => {
    test('refuses a folder in another one that belongs to someone else', () => {
      const theirs = folder('theirs', 0o755, STRANGER)
      refused(() => makeFolderPrivate(join(theirs, 'a')), /belongs to user 65534, who can replace .*: chown -h 0 \S+$/)
    })

    test('refuses a parent that a group of others can write, and accepts a group without others', () => {
      const shared = folder('shared', 0o775)
      chownSync(shared, 0, 0)
      makeFolderPrivate(join(shared, 'a'))
      const members = readFileSync('/etc/passwd', 'utf8').split('\n')
      const gid = Number(members.map((line) => line.split(':')).find(([, , uid]) => uid !== '0')?.[3])
      chownSync(shared, 0, gid)
      refused(() => makeFolderPrivate(join(shared, 'a')), new RegExp(`Group ${gid} .* can write`))
      // A group that this machine has no name for, and that this process does not belong to.
      chownSync(shared, 0, 1_234_567)
      refused(() => makeFolderPrivate(join(shared, 'a')), /Group 1234567 .* can write/)
    })

    test('refuses to follow a link that someone else has put into a shared folder', () => {
      const shared = folder('shared', 0o1777)
      symlinkSync(folder('target', 0o700), join(shared, 'link'))
      makeFolderPrivate(join(shared, 'link/a'))
      rmSync(join(shared, 'link'))
      symlinkSync(join(parent, 'target'), join(shared, 'link'))
      lchownSync(join(shared, 'link'), STRANGER, STRANGER)
      refused(() => makeFolderPrivate(join(shared, 'link/a')), /belongs to user 65534/)
    })
  })
})

describe.skipIf(process.platform === 'win32')('makeContentsPrivate()', () => {
  test('makes the content of a folder private, and reports whether others could change it', () => {
    folder('closed', 0o700)
    writeFileSync(join(parent, 'closed/file'), '', { mode: 0o600 })
    expect(makeContentsPrivate(parent)).toBe(false)
    folder('readable', 0o755)
    writeFileSync(join(parent, 'readable/file'), '')
    chmodSync(join(parent, 'readable/file'), 0o644)
    expect(makeContentsPrivate(parent)).toBe(false)
    expect([modeOf(join(parent, 'readable')), modeOf(join(parent, 'readable/file'))]).toEqual(['700', '600'])
    chmodSync(join(parent, 'readable/file'), 0o666)
    expect(makeContentsPrivate(parent)).toBe(true)
    expect(makeContentsPrivate(parent)).toBe(false)
  })

  test('refuses links of both kinds, and leaves their targets unchanged', () => {
    const outside = folder('outside', 0o755)
    writeFileSync(join(outside, 'file'), '')
    chmodSync(join(outside, 'file'), 0o644)
    const inside = folder('inside', 0o700)
    for (const link of [
      () => symlinkSync(outside, join(inside, 'link')),
      () => symlinkSync(join(outside, 'file'), join(inside, 'link')),
      () => linkSync(join(outside, 'file'), join(inside, 'link')),
    ]) {
      link()
      refused(() => makeContentsPrivate(inside), /inside\/link (?:is a symbolic link|has another name)/)
      rmSync(join(inside, 'link'))
    }
    expect([modeOf(outside), modeOf(join(outside, 'file'))]).toEqual(['755', '644'])
  })

  test.runIf(isRoot)('refuses files of other users, at any depth', () => {
    folder('a', 0o700)
    folder('a/b', 0o700)
    writeFileSync(join(parent, 'a/b/file'), '')
    chownSync(join(parent, 'a/b/file'), STRANGER, STRANGER)
    refused(() => makeContentsPrivate(parent), /a\/b\/file belongs to user 65534/)
  })
})
