import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outbox-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('lockFolder() admits one process at a time, and names the one that holds the lock', async () => {
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({
    name: 'FolderInUseError',
    message: expect.stringMatching(new RegExp(`${folder}.*process ${process.pid} on `)),
  })
  await lock.release()
  await (await lockFolder(folder)).release()
})
