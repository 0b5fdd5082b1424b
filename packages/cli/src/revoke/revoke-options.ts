import type { ColumnOptions } from '../input/column-options.ts'
import type { LogLocation } from '../revocations/open.ts'
import type { ClientOptions } from './clients.ts'

/** The options of `backend-logout revoke`. */
export interface RevokeCommandOptions extends ClientOptions, ColumnOptions, LogLocation {
  readonly concurrency: number
  readonly rate?: number
  readonly verify?: boolean
  readonly tokenTypeHint?: string
  readonly output?: string
  readonly journal?: string
  readonly dryRun?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
}

/** How many requests a token takes when nothing goes wrong: to verify it, it is asked about before and after. */
export function requestsPerToken({ verify }: RevokeCommandOptions): number {
  return verify ? 3 : 1
}
