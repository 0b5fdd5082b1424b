import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join, parse, resolve, sep } from 'node:path'
import { hasOtherMembers } from './group-members.ts'
import { checkKind, checkMode, checkOwner, currentUser, NotPrivateError, quotePath } from './ownership.ts'

/** Only the owner of a file can rename or remove it in a folder with this bit, such as `/tmp`. */
const STICKY = 0o1000
const MAX_LINKS = 40

/** A folder that no other user can read, change or replace. */
export interface PrivateFolder {
  /** Its absolute path, without symbolic links. */
  readonly path: string
  /** True if other users could enter it until now. */
  readonly wasOpen: boolean
}

/**
 * Ensures that a folder exists, and that no other user can read it, change it, or replace it. Creates the folder and
 * its missing parents with mode 0700, whatever the umask. Changes an existing folder of this user to 0700, unless it
 * contains anything unexpected: that may have to stay open to others.
 *
 * @param contents Names of the files that the folder may already contain.
 * @throws NotPrivateError if the folder is a symbolic link or belongs to another user, if it is open to others and
 * contains something unexpected, or if another user can write one of its parents
 * @throws Error as the functions of `node:fs`
 * @example
 * ```ts
 * import { makeFolderPrivate } from '@backend-logout/private-store/private-files'
 *
 * const { path } = makeFolderPrivate('./journals', ['run.journal'])
 * ```
 */
export function makeFolderPrivate(folder: string, contents: readonly string[] = []): PrivateFolder {
  if (currentUser() === undefined) {
    mkdirSync(folder, { recursive: true })
    return { path: resolve(folder), wasOpen: false }
  }
  const path = enterParents(resolve(folder))
  createFolder(path)
  const found = lstatSync(path)
  if (found.isSymbolicLink()) {
    throw new NotPrivateError(`${path} is a symbolic link, which may change. Name the folder that it points to.`)
  }
  if (!found.isDirectory()) throw new NotPrivateError(`${path} is not a folder. Choose another name.`)
  checkOwner(path, found)
  const wasOpen = (found.mode & 0o077) !== 0
  if (wasOpen) checkContents(path, found, contents)
  setMode(path, found)
  return { path, wasOpen }
}

/**
 * Makes the contents of a private folder private as well, from the top down.
 *
 * @param names Entries of the folder; all of them by default.
 * @returns whether the modes of its files allowed other users to change them
 * @throws NotPrivateError if something belongs to another user, is a link, or is neither file nor folder
 */
export function makeContentsPrivate(folder: string, names: readonly string[] = readdirSync(folder)): boolean {
  if (currentUser() === undefined) return false
  let writable = false
  for (const name of names) {
    const path = join(folder, name)
    const found = lstatSync(path)
    checkKind(path, found)
    checkOwner(path, found)
    setMode(path, found)
    const below = found.isDirectory() && makeContentsPrivate(path)
    writable ||= below || (found.mode & 0o022) !== 0
  }
  return writable
}

/** Refuses to lock other users out of a folder with another purpose: `/tmp`, or the folder of a project. */
function checkContents(path: string, { mode }: Stats, contents: readonly string[]): void {
  const other = readdirSync(path).find((name) => name !== 'lost+found' && !contents.includes(name))
  if (other === undefined && !(mode & STICKY)) return
  throw new NotPrivateError(
    `${path} is open to other users${other === undefined ? '' : ` and also holds ${JSON.stringify(other)}`}. ` +
      `Name a separate folder, or, if no other user needs this one: chmod 700 ${quotePath(path)}`,
  )
}

/**
 * Walks to the parent of a path as the kernel does, link by link, and checks that no other user can replace the rest of
 * the path. Creates missing folders, and returns the path without symbolic links.
 */
function enterParents(path: string): string {
  const { root } = parse(path)
  const names = path.slice(root.length).split(sep).filter(Boolean)
  let parent = root
  checkParent(parent, lstatSync(parent))
  for (let links = 0; names.length > 1; ) {
    const name = names.shift() as string
    // These are only in what a link points to.
    if (name === '.') continue
    if (name === '..') {
      parent = dirname(parent)
      continue
    }
    const next = join(parent, name)
    if (!lstatSync(next, { throwIfNoEntry: false })) createFolder(next)
    const found = lstatSync(next)
    if (found.isSymbolicLink()) {
      checkReplaceable(next, found)
      if (++links > MAX_LINKS) throw new NotPrivateError(`${path} has too many symbolic links.`)
      const target = readlinkSync(next)
      names.unshift(...target.split(sep).filter(Boolean))
      if (target.startsWith(sep)) parent = root
      continue
    }
    if (!found.isDirectory()) throw new NotPrivateError(`${next} is not a folder. Choose another one.`)
    checkParent(next, found)
    parent = next
  }
  return join(parent, ...names)
}

/** Refuses a folder in which other users can replace this user's files. */
function checkParent(path: string, found: Stats): void {
  checkReplaceable(path, found)
  if (found.mode & STICKY) return
  const byAll = (found.mode & 0o002) !== 0
  if (!byAll && !((found.mode & 0o020) !== 0 && hasOtherMembers(found.gid))) return
  throw new NotPrivateError(
    `${byAll ? 'Every user' : `Group ${found.gid}`} of this machine can write ${path}, and so replace its contents: ` +
      `chmod go-w ${quotePath(path)}`,
  )
}

/** Refuses a file that another user owns and can therefore change. Root may own it. */
function checkReplaceable(path: string, { uid }: Stats): void {
  if (uid === 0 || uid === currentUser()) return
  throw new NotPrivateError(
    `${path} belongs to user ${uid}, who can replace its contents. Choose another folder, or: ` +
      `chown -h ${currentUser()} ${quotePath(path)}`,
  )
}

function createFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
    // The umask may have removed rights of the owner.
    chmodSync(path, 0o700)
  } catch (error) {
    // An existing file is checked, whatever its origin.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function setMode(path: string, found: Stats): void {
  const mode = found.isDirectory() ? 0o700 : 0o600
  if ((found.mode & 0o777) === mode) return
  chmodSync(path, mode)
  checkMode(path, lstatSync(path))
}
