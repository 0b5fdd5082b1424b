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

test('lockFolder() lets one in at a time, and names who is in', async () => {
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({
    name: 'FolderInUseError',
    message: expect.stringMatching(new RegExp(`${folder}.*process ${process.pid} on `)),
  })
  await lock.release()
  await (await lockFolder(folder)).release()
})
