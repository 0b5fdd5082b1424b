import { type Transport, within } from '@backend-logout/core'
import { type JsonMembers, parseMembers } from './json-object.ts'

/** The longest metadata document or key set, in bytes. */
const MAX_BYTES = 262_144

/** Fetches a JSON object: no redirect is followed, and time and size are bounded. */
export async function fetchJson(transport: Transport, url: string, timeoutMs: number): Promise<JsonMembers> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(new Error(`no response within ${timeoutMs} ms`)), timeoutMs)
  try {
    const headers = { accept: 'application/json' }
    const request = {
      method: 'GET',
      url,
      headers,
      body: undefined,
      signal: stop.signal,
      maxBodyBytes: MAX_BYTES,
    } as const
    // A transport of the application may ignore the signal. It gets more time, so that calls that share the fetch can begin
    // another one first.
    const { status, redirected, truncated, body } = await within(2 * timeoutMs, () => transport.send(request))
    if (redirected || (status >= 300 && status < 400)) throw new Error('it returned a redirect')
    if (status !== 200) throw new Error(`it returned status ${status}`)
    if (truncated) throw new Error(`its response is longer than ${MAX_BYTES} bytes`)
    // The parser's message would quote the response.
    const members = parseMembers(body)
    if (!members) throw new Error('its response is not a JSON object')
    return members
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}
