import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogoutClient } from '@backend-logout/core'
import { type OutboxEvent, openOutbox } from '@backend-logout/outbox'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newKey, type Provider, startProvider, temporaryFolder } from './scene.ts'

const isRoot = process.geteuid?.() === 0
/** The user that other systems call nobody; any other would do. */
const STRANGER = 65_534
const encryptionKeys = [newKey('users')]

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider[Symbol.asyncDispose]())

function everythingIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
}

/** Paths that another user can read, change or open. */
function openIn(folder: string): string[] {
  return [folder, ...everythingIn(folder)].filter((path) => (lstatSync(path).mode & 0o077) !== 0)
}

/** Gives a folder the modes that it has after `mkdir`, a backup, or PGlite. */
function loosen(folder: string, folders: number, files: number): void {
  for (const path of [...everythingIn(folder), folder]) {
    chmodSync(path, lstatSync(path).isDirectory() ? folders : files)
  }
}

/** Runs a command as a user who owns nothing; resolves to whether it succeeded. */
function asStranger(command: string): boolean {
  const { status, error } = spawnSync('/bin/sh', ['-c', command], { uid: STRANGER, gid: STRANGER, cwd: '/' })
  if (error) throw error
  return status === 0
}

describe.skipIf(process.platform === 'win32')('other users of the machine', () => {
  test('find nothing readable, whatever the umask, during and after use of the outbox', async () => {
    await using parent = await temporaryFolder()
    const store = join(parent.path, 'new/outbox')
    const tokens = await provider.call('issue', 20)
    const before = process.umask(0)
    try {
      const client = createLogoutClient(await provider.call('where'))
      for (const part of [tokens.slice(0, 10), tokens.slice(10)]) {
        await using outbox = await openOutbox({ store, client, encryptionKeys })
        await outbox.addMany(part.map((accessToken) => ({ accessToken })))
        await outbox.work({ untilEmpty: true })
        expect(openIn(parent.path)).toEqual([])
      }
    } finally {
      process.umask(before)
    }
    expect(everythingIn(store).length).toBeGreaterThan(500)
    expect(openIn(parent.path)).toEqual([])
    expect(await provider.call('countActiveOf', tokens)).toBe(0)
  })

  test.each([
    ['an empty folder that everyone can write', 0o777, undefined],
    ['a backup that was restored', 0o755, 0o644],
    ['a folder that existed before PGlite used it', 0o755, 0o666],
    ['a folder in which everyone can write everything', 0o777, 0o666],
  ] as const)('are locked out of %s, and the outbox works as before', async (_, folders, files) => {
    await using folder = await temporaryFolder(files && inject('template'))
    if (files) loosen(folder.path, folders, files)
    else chmodSync(folder.path, folders)
    const events: OutboxEvent[] = []
    await using outbox = await openOutbox({
      store: folder.path,
      encryptionKeys,
      onEvent: (event) => events.push(event),
    })
    await outbox.add({ accessToken: 'x' })
    expect(await outbox.stats()).toMatchObject({ pending: 1 })
    expect(openIn(folder.path)).toEqual([])
    const could = files === 0o644 && folders === 0o755 ? 'read' : 'change'
    const told = { type: 'store_made_private', message: expect.stringMatching(`^Other users .* could ${could} `) }
    expect(events.filter(({ type }) => type === 'store_made_private')).toEqual(files ? [told] : [])
  })

  test.runIf(isRoot)('can no longer read, change, replace or link anything', async () => {
    await using folder = await temporaryFolder(inject('template'))
    loosen(folder.path, 0o755, 0o666)
    const data = join(folder.path, 'data')
    const attempts = [
      `cat ${data}/PG_VERSION`,
      `echo >> ${data}/pg_hba.conf`,
      `ls ${folder.path}`,
      `test -e ${folder.path}/lock`,
    ]
    // Without the outbox, they could; so each of these checks works.
    expect(attempts.map(asStranger)).toEqual([true, true, true, true])
    await using outbox = await openOutbox({ store: folder.path, encryptionKeys })
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
    const more = [
      `ln -s /etc/passwd ${folder.path}/link`,
      `mv ${folder.path} ${folder.path}-mine`,
      `mv ${data} ${folder.path}/d`,
    ]
    expect([...attempts, ...more].map(asStranger)).toEqual(Array(7).fill(false))
  })

  test.runIf(isRoot)('cannot prepare the folder or a file in it', async () => {
    await using parent = await temporaryFolder()
    const refused = async (store: string, message: RegExp): Promise<void> =>
      expect(openOutbox({ store, encryptionKeys })).rejects.toMatchObject({
        code: 'store_not_private',
        message: expect.stringMatching(message),
      })

    await using folder = await temporaryFolder(inject('template'))
    const modules = join(folder.path, 'data/postgresql.conf')
    chownSync(modules, STRANGER, STRANGER)
    await refused(folder.path, /postgresql\.conf belongs to user 65534/)
    chownSync(modules, 0, 0)
    chownSync(folder.path, STRANGER, STRANGER)
    await refused(folder.path, /belongs to user 65534, and this process runs as user 0.*chown -R 0 /)

    chmodSync(parent.path, 0o1777)
    expect(asStranger(`mkdir ${parent.path}/theirs && ln -s /root ${parent.path}/link`)).toBe(true)
    await refused(join(parent.path, 'theirs'), /belongs to user 65534/)
    await refused(join(parent.path, 'theirs/outbox'), /belongs to user 65534/)
    await refused(join(parent.path, 'link'), /is a symbolic link/)
    await refused(join(parent.path, 'link/outbox'), /link belongs to user 65534/)
    chmodSync(parent.path, 0o777)
    await refused(join(parent.path, 'mine'), /can write .*: chmod go-w /)
    expect(readdirSync(parent.path).sort()).toEqual(['link', 'theirs'])
  })
})

test.skipIf(process.platform === 'win32')(
  'planted links in a folder are not followed, and their targets stay unchanged',
  async () => {
    await using outside = await temporaryFolder()
    await using folder = await temporaryFolder(inject('template'))
    const precious = join(outside.path, 'precious')
    writeFileSync(precious, 'content', { mode: 0o644 })
    chmodSync(precious, 0o644)
    const refused = (): Promise<void> =>
      expect(openOutbox({ store: folder.path, encryptionKeys })).rejects.toMatchObject({ code: 'store_not_private' })
    const lock = join(folder.path, 'lock')
    for (const plant of [() => symlinkSync(precious, lock), () => linkSync(precious, lock)]) {
      rmSync(lock)
      plant()
      await refused()
    }
    rmSync(lock)
    renameSync(join(folder.path, 'data'), join(outside.path, 'data'))
    symlinkSync(join(outside.path, 'data'), join(folder.path, 'data'))
    await refused()
    rmSync(join(folder.path, 'data'))
    // Unfinished files are removed, but not the target of a link in their place.
    symlinkSync(outside.path, join(folder.path, 'unfinished'))
    await using outbox = await openOutbox({ store: folder.path, encryptionKeys })
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
    expect(readFileSync(precious, 'utf8')).toBe('content')
    expect(lstatSync(precious).mode & 0o777).toBe(0o644)
    expect(readdirSync(outside.path).sort()).toEqual(['data', 'precious'])
  },
)

test.skipIf(process.platform === 'win32')(
  'a folder that is a link is refused, and one of this user beyond a link is opened',
  async () => {
    await using folder = await temporaryFolder(inject('template'))
    await using parent = await temporaryFolder()
    symlinkSync(folder.path, join(parent.path, 'link'))
    const open = (store: string) => openOutbox({ store, encryptionKeys })
    await expect(open(join(parent.path, 'link'))).rejects.toMatchObject({
      code: 'store_not_private',
      message: expect.stringContaining('symbolic link'),
    })
    symlinkSync(tmpdir(), join(parent.path, 'tmp'))
    await using outbox = await open(join(parent.path, 'tmp', folder.path.slice(tmpdir().length)))
    expect(await outbox.stats()).toMatchObject({ pending: 0 })
  },
)
