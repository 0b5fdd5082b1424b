/// <reference path="./undici-parts.d.ts" />
import type { buildConnector, Pool } from 'undici'

/** The parts of undici that this package uses. */
export interface Undici {
  readonly Pool: typeof Pool
  readonly buildConnector: typeof buildConnector
}

/**
 * Loads the parts of undici that are needed, which takes a third of the time of all of it. Its entry point moreover makes
 * itself the global dispatcher, which changes the `fetch` of the whole application.
 */
export async function loadUndici(): Promise<Undici> {
  try {
    const [pool, connect] = await Promise.all([
      import('undici/lib/dispatcher/pool.js'),
      import('undici/lib/core/connect.js'),
    ])
    return { Pool: pool.default, buildConnector: connect.default }
  } catch {
    // A version that has moved its files, or a runtime that has put something else in their place.
    return import('undici')
  }
}
