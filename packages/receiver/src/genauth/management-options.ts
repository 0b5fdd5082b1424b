import {
  type CallLimits,
  checkBaseUrl,
  fetchTransport,
  invalidOption,
  refuseUnknownOption,
  type Transport,
} from '@backend-logout/core'
import { isId } from './genauth-id.ts'
import type { Signer } from './request-signature.ts'

/** Access to GenAuth's management API. The names of the credentials are those of GenAuth's SDKs. */
export interface GenAuthManagement extends CallLimits {
  /** Id of the user pool. */
  readonly accessKeyId: string
  /** Secret of the user pool. It can manage all of its users, so it belongs on a server. */
  readonly accessKeySecret: string
  /**
   * Address of the management API, such as `https://api.genauth.ai`; a private deployment has its own. It is not the
   * address of an application.
   */
  readonly host: string | URL
  /** The tenant, if the user pool has several. */
  readonly tenantId?: string | undefined
  /**
   * The names in the signature: those of GenAuth (`x-genauth-…`) or those of Authing (`x-authing-…`).
   * @default 'authing' for hosts under `authing.cn`, and 'genauth' for all others
   */
  readonly signature?: 'genauth' | 'authing' | undefined
  /**
   * Sends the requests.
   * @default the global `fetch`
   */
  readonly transport?: Transport | undefined
}

/** {@link GenAuthManagement}, checked. */
export interface ManagementSettings extends Signer {
  /** Without a slash at its end. */
  readonly host: string
  readonly transport: Transport
  readonly limits: CallLimits
}

const NAMES: Readonly<Record<keyof GenAuthManagement, true>> = {
  accessKeyId: true,
  accessKeySecret: true,
  host: true,
  tenantId: true,
  signature: true,
  transport: true,
  timeoutMs: true,
  deadlineMs: true,
  retries: true,
}
/** Other names for them, including those of GenAuth's SDKs. */
const HINTS = {
  appHost: 'use host, which is the address of the management API',
  userPoolId: 'use accessKeyId',
  secret: 'use accessKeySecret',
  timeout: 'use timeoutMs',
}

/**
 * Checks the options of the management API.
 *
 * @throws LogoutError `invalid_options`
 */
export function resolveManagement(given: GenAuthManagement): ManagementSettings {
  if (typeof given !== 'object' || given === null) invalidOption('management', 'must be an object.')
  refuseUnknownOption(given, NAMES, HINTS)
  const { accessKeyId, accessKeySecret, tenantId, transport = fetchTransport() } = given
  const url = checkBaseUrl(given.host, 'host', false)
  if (!isId(accessKeyId)) invalidOption('accessKeyId', 'must be the id of the user pool.')
  if (typeof accessKeySecret !== 'string' || accessKeySecret === '' || accessKeySecret.length > 1024) {
    invalidOption('accessKeySecret', 'must be the secret of the user pool.')
  }
  if (tenantId !== undefined && !isId(tenantId)) invalidOption('tenantId', 'must be the id of a tenant.')
  if (typeof transport?.send !== 'function') invalidOption('transport', 'must have send().')
  const { signature = /(?:^|\.)authing\.cn$/.test(url.hostname) ? 'authing' : 'genauth' } = given
  if (signature !== 'genauth' && signature !== 'authing') invalidOption('signature', "must be 'genauth' or 'authing'.")
  const { timeoutMs, deadlineMs, retries } = given
  const limits = { timeoutMs, deadlineMs, retries }
  return { host: url.href.replace(/\/+$/, ''), accessKeyId, accessKeySecret, tenantId, signature, transport, limits }
}
