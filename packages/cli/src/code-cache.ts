import { lstatSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import module from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'

/** The parts of `process` that say where the cache is, and which user runs the command. */
export type CacheOwner = Pick<NodeJS.Process, 'env' | 'platform' | 'geteuid'>

/**
 * Lets Node.js keep the compiled code of the modules that are loaded from now on, so that the next command starts
 * sooner. Anyone who can write the cache can run code, so it is in a folder of this user, and not where Node.js would put
 * it: in the folder for temporary files, which all users share. Without such a folder, there is no cache.
 */
export function useCodeCache(owner: CacheOwner): void {
  const folder = openCache(owner)
  if (folder !== undefined) module.enableCompileCache(folder)
}

/** The folder that the cache may use, after creating it; `undefined` unless it belongs to this user alone. */
export function openCache(owner: CacheOwner): string | undefined {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = owner.env
  if (NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return undefined
  const folder = cacheFolder(owner)
  if (folder === undefined) return undefined
  const user = owner.geteuid?.()
  try {
    createIfMissing(dirname(folder), user)
    createIfMissing(folder, user)
    if (lstatSync(folder).isSymbolicLink()) return undefined
    // The path without links, which no one can redirect after it is checked.
    const path = realpathSync(folder)
    return isPrivate(path, user) ? path : undefined
  } catch {
    // Such as a home that does not exist, or a file system that is read-only: commands work without a cache.
    return undefined
  }
}

/** The folder of the cache, where the system keeps such folders; `undefined` if the environment does not say where. */
export function cacheFolder({ env, platform }: CacheOwner): string | undefined {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = env
  if (platform === 'win32') return below(LOCALAPPDATA, 'backend-logout', 'cache')
  if (platform === 'darwin') return below(HOME, 'Library', 'Caches', 'backend-logout')
  return below(XDG_CACHE_HOME, 'backend-logout') ?? below(HOME, '.cache', 'backend-logout')
}

/** A relative path would lead into the working directory, which may belong to anyone. */
function below(folder: string | undefined, ...names: readonly string[]): string | undefined {
  return folder && isAbsolute(folder) ? join(folder, ...names) : undefined
}

/** Creates a folder that only this user can use. */
function createIfMissing(folder: string, user: number | undefined): void {
  if (lstatSync(folder, { throwIfNoEntry: false })) return
  // With `sudo`, the home can be another user's, who could not write a cache that belongs to root.
  if (user === undefined || statSync(dirname(folder)).uid === user) mkdirSync(folder, { mode: 0o700 })
}

/** True if no other user can write the folder, or put another one in its place. */
function isPrivate(path: string, user: number | undefined): boolean {
  const found = lstatSync(path)
  if (!found.isDirectory()) return false
  // On Windows, the folder has the rights of its parent, which is this user's.
  if (user === undefined) return true
  if (found.uid !== user || (found.mode & 0o077) !== 0) return false
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if (!keepsItsFolders(lstatSync(dirname(at)), user)) return false
  }
  return true
}

/** True if no other user can rename or replace this user's folders in it. */
function keepsItsFolders({ uid, mode }: Stats, user: number): boolean {
  const isSticky = (mode & 0o1000) !== 0
  return (uid === user || uid === 0) && ((mode & 0o022) === 0 || isSticky)
}
