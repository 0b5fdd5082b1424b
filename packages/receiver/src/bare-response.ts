/** Headers of every response: none may be cached (Back-Channel Logout 1.0 §2.8) or read by pages. */
export const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** The headers of a 503: the sender may try again after some time, five seconds by default. */
export function retryHeaders(afterMs = 5_000): Readonly<Record<string, string>> {
  return { 'retry-after': String(Math.max(1, Math.ceil(afterMs / 1000))) }
}

/** Creates a response without a body. */
export function bareResponse(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { ...(status === 503 && retryHeaders()), ...headers, ...ALWAYS } })
}
