import type { ConnectionOptions } from 'pg-connection-string'
import { parse } from 'pg-connection-string'

/** One of the servers of an address; undefined if `pg` has a default, such as `PGHOST`. */
export interface PostgresHost {
  readonly host: string | undefined
  readonly port: number | undefined
}

/** An address of Postgres, parsed. */
export interface PostgresAddress {
  /** In the order in which they are tried. */
  readonly hosts: readonly PostgresHost[]
  /** True if only a server that accepts writes counts. */
  readonly readWrite: boolean
  /** Everything else, as `pg` accepts it. */
  // Not the type of `pg-connection-string`, whose declarations require those of `pg`.
  readonly config: Readonly<Record<string, unknown>>
}

/** The supported libpq keywords. */
const KEYWORDS: Readonly<Record<string, string>> = {
  host: 'host',
  hostaddr: 'host',
  port: 'port',
  dbname: 'dbname',
  user: 'user',
  password: 'password',
  sslmode: 'sslmode',
  sslcert: 'sslcert',
  sslkey: 'sslkey',
  sslrootcert: 'sslrootcert',
  connect_timeout: 'connect_timeout',
  application_name: 'application_name',
  options: 'options',
  target_session_attrs: 'target_session_attrs',
}
const SESSION_ATTRIBUTES = new Set(['any', 'read-write', 'primary'])
const URI = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i

/** Recognizes an address of Postgres, as opposed to the path of a folder. */
export function isPostgresAddress(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text) || isKeywords(text)
}

/**
 * Recognizes an address that is mistyped, of another kind, or in quotes, as files with variables for containers have them.
 * As a path, it would become a folder: another store on each machine, with the password in its name.
 */
export function isMistypedAddress(text: string): boolean {
  const bare = text.replaceAll(/^[\s"'`]+|[\s"'`]+$/g, '')
  return /^[a-z][a-z0-9+.-]+:|:\/\//i.test(bare) || (bare !== text && isPostgresAddress(bare))
}

function isKeywords(text: string): boolean {
  const [, keyword = ''] = /^\s*(\w+)\s*=/.exec(text) ?? []
  return Object.hasOwn(KEYWORDS, keyword) || ['service', 'passfile', 'sslpassword', 'requiressl'].includes(keyword)
}

/**
 * Parses an address: a URI with one or several hosts, or libpq's keywords, `host=… dbname=…`.
 *
 * @returns the address, or the problem with it, without repeating any part that could be secret
 * @see {@link https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING | libpq: connection strings}
 * @example
 * ```ts
 * import { parsePostgresAddress } from '@backend-logout/private-store'
 *
 * const address = parsePostgresAddress('postgres://me@db-1,db-2/app?target_session_attrs=read-write')
 * console.log('problem' in address ? address.problem : address.hosts)
 * ```
 */
export function parsePostgresAddress(text: string): PostgresAddress | { readonly problem: string } {
  const uri = isKeywords(text) ? uriOfKeywords(text) : uriOfHosts(text)
  if (typeof uri !== 'string') return uri
  let config: ConnectionOptions & { readonly target_session_attrs?: string; readonly connect_timeout?: string }
  try {
    config = parse(uri)
  } catch (error) {
    // The parser's own message may repeat the address, and the password in it. A missing file of a certificate has a code.
    const { code, path } = error as NodeJS.ErrnoException
    return { problem: path ? `names a file that cannot be read (${code}: ${path})` : 'cannot be parsed' }
  }
  const { host, port, target_session_attrs: attributes = 'any', connect_timeout: seconds, ...rest } = config
  if (!SESSION_ATTRIBUTES.has(attributes)) {
    return { problem: 'must have the target_session_attrs any, read-write or primary, because it is written to' }
  }
  const hosts = hostsOf(host ?? '', String(port ?? ''))
  if (!hosts) return { problem: 'must have a port from 1 to 65535 for each host, or one for all' }
  return {
    hosts,
    readWrite: attributes !== 'any',
    config: { ...rest, ...(Number(seconds) > 0 && { connectionTimeoutMillis: Number(seconds) * 1000 }) },
  }
}

function hostsOf(host: string, port: string): PostgresHost[] | undefined {
  const names = host.split(',')
  const ports = port.split(',').map((text) => (text === '' ? undefined : Number(text)))
  if (ports.length !== 1 && ports.length !== names.length) return undefined
  if (ports.some((number) => number !== undefined && !(Number.isInteger(number) && number >= 1 && number <= 65_535))) {
    return undefined
  }
  return names.map((name, index) => ({ host: name || undefined, port: ports.length === 1 ? ports[0] : ports[index] }))
}

/** Moves the hosts into the query, which may have several. */
function uriOfHosts(text: string): string | { readonly problem: string } {
  const [, credentials, authority = '', database = '', query] = URI.exec(text) ?? []
  if (!URI.test(text)) return { problem: 'must begin with postgres://, or be a list of keyword=value' }
  if (!authority.includes(',')) return URL.canParse(text) || authority === '' ? text : { problem: 'cannot be parsed' }
  const hosts = authority.split(',').map((host) => /^(\[[\da-f:.]+\]|[^:[\]]*)(?::(\d*))?$/i.exec(host))
  if (hosts.some((host) => !host)) return { problem: 'has a host that cannot be parsed' }
  const list = (part: number): string => hosts.map((host) => host?.[part]?.replace(/^\[|\]$/g, '') ?? '').join(',')
  const parameters = new URLSearchParams(query)
  parameters.set('host', list(1))
  parameters.set('port', /[^,]/.test(list(2)) ? list(2) : '')
  return `postgres://${credentials === undefined ? '' : `${credentials}@`}/${database}?${parameters}`
}

/** `key = value`, where a value may be in single quotes, with backslashes before quotes and backslashes. */
function uriOfKeywords(text: string): string | { readonly problem: string } {
  const pair = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/y
  const parameters = new URLSearchParams()
  let database = ''
  for (const end = text.trimEnd().length; pair.lastIndex < end; ) {
    const [, keyword, quoted, plain = ''] = pair.exec(text) ?? []
    if (keyword === undefined) return { problem: 'is not a list of keyword=value' }
    const name = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    if (name === undefined) return { problem: `has the keyword ${keyword}, which is not supported` }
    const value = (quoted ?? plain).replace(/\\(.)/g, '$1')
    if (name === 'dbname') database = encodeURIComponent(value)
    else parameters.set(name, value)
  }
  return `postgres:///${database}?${parameters}`
}
