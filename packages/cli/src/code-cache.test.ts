import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type CacheOwner, cacheFolder, openCache } from './code-cache.ts'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'backend-logout-cache-')))
afterAll(() => rmSync(home, { recursive: true }))

const env = { HOME: '/home/alice', XDG_CACHE_HOME: '/cache', LOCALAPPDATA: '/local' }

test.each([
  ['linux', env, '/cache/backend-logout'],
  ['linux', { ...env, XDG_CACHE_HOME: '' }, '/home/alice/.cache/backend-logout'],
  ['linux', { ...env, XDG_CACHE_HOME: 'cache' }, '/home/alice/.cache/backend-logout'],
  ['linux', { HOME: 'home' }, undefined],
  ['linux', {}, undefined],
  ['darwin', env, '/home/alice/Library/Caches/backend-logout'],
  ['win32', env, '/local/backend-logout/cache'],
] as const)('on %s, with %j, the cache is in %s', (platform, variables, folder) => {
  expect(cacheFolder({ env: variables, platform })).toBe(folder)
})

test.skipIf(process.platform === 'win32')('only the user whose folder it is gets a cache', () => {
  const user = process.geteuid?.() ?? 0
  const ownedBy = (uid: number): CacheOwner => ({
    env: { XDG_CACHE_HOME: home },
    platform: 'linux',
    geteuid: () => uid,
  })
  const cache = join(home, 'backend-logout')
  // As root does with the home of another user.
  expect(openCache(ownedBy(user + 1))).toBeUndefined()
  expect(existsSync(cache)).toBe(false)
  mkdirSync(cache, { mode: 0o700 })
  expect(openCache(ownedBy(user + 1))).toBeUndefined()
  expect(openCache(ownedBy(user))).toBe(cache)
})
