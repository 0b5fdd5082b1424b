/** Headers of every response: none may be cached (Back-Channel Logout 1.0 §2.8) or read by pages. */
export const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}
/** The time after which a sender may try again, in seconds. */
export const RETRY_AFTER_S = '5'

/** Creates a response without a body. */
export function bareResponse(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const retry = status === 503 ? { 'retry-after': RETRY_AFTER_S } : {}
  return new Response(null, { status, headers: { ...retry, ...headers, ...ALWAYS } })
}
