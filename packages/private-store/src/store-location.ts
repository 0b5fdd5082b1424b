import { fileURLToPath } from 'node:url'
import { isPlainName } from './plain-name.ts'
import { isMistypedAddress, isPostgresAddress, type PostgresAddress, parsePostgresAddress } from './postgres-address.ts'

/** The place of a store on a Postgres server. */
export interface PostgresLocation {
  readonly kind: 'postgres'
  readonly address: PostgresAddress
  /** Undefined for the default of the store. */
  readonly schema: string | undefined
  /** Undefined for the default of the store. */
  readonly maxConnections: number | undefined
  /** TLS settings, as the `ssl` option of `pg`. */
  readonly ssl: boolean | object | undefined
}

/** The place of a store: a folder, a Postgres server, or memory. */
export type StoreLocation =
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'folder'
      /** Its path. */
      readonly folder: string
    }
  | PostgresLocation

/**
 * Reads the option `store` of a package: the path of a folder, a `postgres://` address, `{ folder }`, `{ postgres, … }`
 * or `{ memory: true }`. It does not look at options that it does not know.
 *
 * @param least The minimum for `maxConnections`.
 * @returns the place, or the problem with the option, without repeating any part that could be secret
 * @example
 * ```ts
 * import { parseStore } from '@backend-logout/private-store'
 *
 * const location = parseStore('./data', 1)
 * console.log('problem' in location ? location.problem : location.kind) // folder
 * ```
 */
export function parseStore(store: unknown, least: number): StoreLocation | { readonly problem: string } {
  if (typeof store === 'string' && isPostgresAddress(store)) return parsePostgres({ postgres: store }, least)
  if (typeof store === 'string' && store !== '') {
    if (!isMistypedAddress(store)) return { kind: 'folder', folder: store }
    return { problem: 'store must be the path of a folder, or a postgres:// address without quotes around it.' }
  }
  if (typeof store === 'object' && store !== null) {
    const { memory, folder, postgres } = store as { memory?: unknown; folder?: unknown; postgres?: unknown }
    const given = [memory, folder, postgres].filter((value) => value !== undefined).length
    if (given === 1 && memory === true) return { kind: 'memory' }
    if (given === 1 && folder !== undefined) return parseFolder(folder)
    if (given === 1 && postgres !== undefined) return parsePostgres(store as { readonly postgres: unknown }, least)
  }
  return {
    problem:
      'store must be the path of a folder, a postgres:// address, { folder }, { postgres, … } or { memory: true }.',
  }
}

function parseFolder(folder: unknown): StoreLocation | { readonly problem: string } {
  if (typeof folder === 'string' && folder !== '') return { kind: 'folder', folder }
  try {
    if (folder instanceof URL) return { kind: 'folder', folder: fileURLToPath(folder) }
  } catch {
    // It is not the URL of a file, or that of one on another machine.
  }
  return { problem: 'store.folder must be a path, or a file: URL.' }
}

function parsePostgres(
  {
    postgres,
    schema,
    maxConnections,
    ssl,
  }: { readonly postgres: unknown } & { readonly [K in 'schema' | 'maxConnections' | 'ssl']?: unknown },
  least: number,
): StoreLocation | { readonly problem: string } {
  const address = parsePostgresAddress(String(postgres))
  if ('problem' in address) return { problem: `The postgres:// address in store ${address.problem}.` }
  if (schema !== undefined && !isPlainName(schema)) {
    return { problem: 'store.schema must be a lower-case name of at most 50 characters.' }
  }
  if (maxConnections !== undefined && !(Number.isInteger(maxConnections) && (maxConnections as number) >= least)) {
    return { problem: `store.maxConnections must be a whole number from ${least} on.` }
  }
  return {
    kind: 'postgres',
    address,
    schema,
    maxConnections: maxConnections as number | undefined,
    ssl: ssl as boolean | object | undefined,
  }
}
