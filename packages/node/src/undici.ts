/// <reference path="./undici-parts.d.ts" />
import type { buildConnector, Pool } from 'undici'

/** The parts of undici that this package uses. */
export interface Undici {
  readonly Pool: typeof Pool
  readonly buildConnector: typeof buildConnector
}

/**
 * Loads only the parts of undici that are needed, in less than half the time that its entry point takes. That entry point
 * also installs a global dispatcher, which would change the `fetch` of the whole application.
 */
export async function loadUndici(): Promise<Undici> {
  try {
    const [pool, connect] = await Promise.all([
      import('undici/lib/dispatcher/pool.js'),
      import('undici/lib/core/connect.js'),
    ])
    return { Pool: pool.default, buildConnector: connect.default }
  } catch (error) {
    // A version of undici that has moved these files. Other reasons, such as a lack of file descriptors, pass.
    if (!/NOT_FOUND|NOT_EXPORTED/.test(String((error as { code?: unknown }).code))) throw error
    return import('undici')
  }
}
