import { readFileSync } from 'node:fs'

/**
 * Checks if a group gives rights to anyone other than this user and root, by `/etc/group` and `/etc/passwd`. Many
 * systems give each user a separate group, with a umask that lets it write; volumes of containers belong to a group
 * that has no name and is given to one process.
 */
export function hasOtherMembers(gid: number): boolean {
  const group = readTable('/etc/group').find(([, , id]) => Number(id) === gid)
  if (!group) return !process.getgroups?.().includes(gid)
  const users = readTable('/etc/passwd')
  const trusted = users.filter(([, , uid]) => Number(uid) === 0 || Number(uid) === process.geteuid?.())
  const members = [
    ...(group[3] ?? '').split(',').filter(Boolean),
    ...users.filter(([, , , primary]) => Number(primary) === gid).map(([name]) => name),
  ]
  return members.some((member) => trusted.every(([name]) => name !== member))
}

function readTable(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
