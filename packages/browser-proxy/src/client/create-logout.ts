import type { components } from '../generated/logout-proxy.ts'
import { LogoutProxyError } from './proxy-error.ts'

type Answer = components['schemas']['LogoutAnswer']
type Body = components['schemas']['LogoutRequest']
type Problem = components['schemas']['Problem']

/**
 * The outcome for the tokens; the session with the backend has ended in any case.
 *
 * - `logged_out`: all revoked, or the session had none.
 * - `no_session`: nothing was revoked, because there was no session: it has ended or expired before, or the backend does
 *   not find it by its cookie.
 * - `queued`: not yet all revoked; the backend keeps trying.
 * - `local_only`: not all revoked, and nothing retries. They work until they expire.
 */
export type LogoutStatus = components['schemas']['LogoutStatus']

/** Options of {@link createLogout}. No option is a secret: a page cannot keep one. */
export interface BrowserLogoutOptions {
  /** Address of the backend's logout handler, on the page's own origin, such as `/logout`. */
  readonly endpoint: string | URL
  /**
   * Time limit for the backend, in milliseconds. The backend waits for the provider, 5 seconds by default.
   * @default 15_000
   */
  readonly timeoutMs?: number
}

/** Parameters of one logout. All are optional if the backend has a session. */
export interface BrowserLogoutRequest {
  /** The token to revoke, if the page holds it and the backend has no session. */
  readonly token?: string
  /** Type of the token. */
  readonly tokenTypeHint?: 'access_token' | 'refresh_token'
  /** The user's ID token, for the logout URL, if the page holds it. */
  readonly idTokenHint?: string
  /** Final address for the user: one on the backend's list. */
  readonly returnTo?: string
  /** Comes back to `returnTo` unchanged; make it unpredictable, and check it. */
  readonly state?: string
  /** Ends the wait; the logout itself continues. */
  readonly signal?: AbortSignal
}

/** The outcome of the logout. */
export interface BrowserLogoutResult {
  /** The outcome for the tokens. In every case, the session has ended. */
  readonly status: LogoutStatus
  /** Address that ends the provider's own session, for single sign-out. It contains the ID token: do not log it. */
  readonly logoutUrl?: string
  /** The same as a form to post; only if the URL is too long for servers. It also contains the ID token. */
  readonly logoutForm?: { readonly action: string; readonly fields: Readonly<Record<string, string>> }
  /** Reason why there is no `logoutUrl`, if one was requested: an error code, such as `endpoint_missing`. */
  readonly logoutUrlError?: string
  /**
   * True if the application's services refuse the access tokens from now on, whatever `status` says about the provider.
   * Missing if the backend keeps no revocation list.
   */
  readonly refusedByServices?: boolean
}

/** Logs the user out of the page's application. Made by {@link createLogout}. */
export interface BrowserLogout {
  /**
   * Asks the backend to log the user out, and then notifies the other tabs, if the browser allows it: blocked cookies
   * and cross-site frames can prevent that. The request outlives the page: it arrives even when the tab is closed
   * immediately.
   *
   * @throws LogoutProxyError
   */
  readonly logout: (request?: BrowserLogoutRequest) => Promise<BrowserLogoutResult>
  /**
   * Logs the user out, then leaves the page: for the provider's logout URL, with a posted form if the URL is too long;
   * without a URL, for `returnTo`, or else for the start of the application.
   *
   * @throws LogoutProxyError and stays on the page
   */
  readonly logoutAndRedirect: (request?: BrowserLogoutRequest) => Promise<BrowserLogoutResult>
  /**
   * Calls a function when the user has logged out in another tab. If the browser isolates tabs, as with blocked
   * cookies, it is never called.
   *
   * @returns a function that stops listening
   */
  readonly onLogout: (listener: (result: Pick<BrowserLogoutResult, 'status'>) => void) => () => void
}

/**
 * Creates the page's side of the logout. It uses no browser API before one of its functions is called, so it can be
 * created at the top of a module that is also rendered on a server. Its functions reject with `invalid_options` when the
 * endpoint is not on the page's own origin.
 *
 * @example
 * ```ts
 * import { createLogout } from '@backend-logout/browser-proxy/client'
 *
 * const { logout, onLogout } = createLogout({ endpoint: '/logout' })
 * onLogout(() => location.reload())
 * document.querySelector('#log-out')?.addEventListener('click', async () => {
 *   const { status } = await logout()
 *   document.body.textContent = status === 'local_only' ? 'Logged out here.' : 'Logged out.'
 * })
 * ```
 */
export function createLogout({ endpoint, timeoutMs = 15_000, ...rest }: BrowserLogoutOptions): BrowserLogout {
  refuseOthers(rest)
  let url: URL | null = null
  const address = (): string => {
    // There is no location while the page is rendered on a server.
    url ??= URL.parse(endpoint, globalThis.location?.href)
    if (url?.origin !== globalThis.location?.origin || !url) throw wrong('endpoint must be on the origin of the page.')
    return url.href
  }
  const listeners = new Set<(event: MessageEvent) => void>()
  let channel: BroadcastChannel | undefined
  /** Uses the channel to the other tabs. Browsers may refuse it, which must not prevent a logout. */
  const tabs = (href: string, message?: Pick<BrowserLogoutResult, 'status'>): void => {
    try {
      if (!channel) {
        channel = new BroadcastChannel(`logout ${href}`)
        channel.onmessage = (event) => {
          for (const listener of listeners) listener(event)
        }
      }
      if (message) channel.postMessage(message)
    } catch {}
  }

  const logout = async (request: BrowserLogoutRequest = {}): Promise<BrowserLogoutResult> => {
    const href = address()
    const answer = await ask(href, request, timeoutMs)
    const { status } = answer
    tabs(href, { status })
    // An open channel keeps the page out of the browser's back and forward cache.
    if (!listeners.size) close()
    const result: { [Name in keyof BrowserLogoutResult]-?: BrowserLogoutResult[Name] | undefined } = {
      status,
      logoutUrl: answer.logout_url,
      logoutForm: answer.logout_form,
      logoutUrlError: answer.logout_url_error,
      refusedByServices: answer.refused_by_services,
    }
    // Without the members that are missing.
    return JSON.parse(JSON.stringify(result)) as BrowserLogoutResult
  }
  const close = (): void => {
    channel?.close()
    channel = undefined
  }
  return {
    logout,
    async logoutAndRedirect(request) {
      const result = await logout(request)
      // The backend has compared returnTo with its list: a response means that it is safe to go there.
      const { logoutUrl, logoutForm: form } = result
      const url = new URL(form?.action ?? logoutUrl ?? request?.returnTo ?? '/', location.href)
      const safe = /^https?:$/.test(url.protocol)
      if (form && safe) post(url.href, form.fields)
      else location.assign(safe ? url : '/')
      return result
    },
    onLogout(listener) {
      const href = address()
      const call = ({ data }: MessageEvent): void => listener(data)
      listeners.add(call)
      tabs(href)
      return () => {
        listeners.delete(call)
        if (!listeners.size) close()
      }
    },
  }
}

function wrong(message: string): LogoutProxyError {
  return new LogoutProxyError('invalid_options', message)
}

/** A secret does not belong in a page, and a misspelled option would have no effect. */
function refuseOthers(rest: object): void {
  for (const name in rest) throw wrong(`${name} is no option.`)
}

/** Leaves the page by posting a form. */
function post(action: string, fields: Readonly<Record<string, string>>): void {
  const form = Object.assign(document.createElement('form'), { method: 'post', action })
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
  }
  document.body.append(form)
  // Not as a method: a field may have its name.
  HTMLFormElement.prototype.submit.call(form)
}

async function ask(url: string, request: BrowserLogoutRequest, timeoutMs: number): Promise<Answer> {
  const { token, tokenTypeHint, idTokenHint, returnTo, state, signal, ...rest } = request
  refuseOthers(rest)
  const body: { [Name in keyof Body]-?: Body[Name] | undefined } = {
    token,
    token_type_hint: tokenTypeHint,
    id_token_hint: idTokenHint,
    return_to: returnTo,
    state,
  }
  // Without missing or empty members.
  const json = JSON.stringify(body, (_name, value) => value || undefined)
  const empty = json === '{}'
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'X-Logout-Request': '1', ...(!empty && { 'Content-Type': 'application/json' }) },
      body: empty ? null : json,
      // Never to another origin, not even by a redirect.
      mode: 'same-origin',
      redirect: 'error',
      credentials: 'same-origin',
      cache: 'no-store',
      keepalive: true,
      // Under a page's no-referrer the browser would send `Origin: null`.
      referrerPolicy: 'same-origin',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    return await read(response)
  } catch (error) {
    if (signal?.aborted) throw new LogoutProxyError('aborted', 'The caller stopped waiting.', { cause: error })
    if (timeout.aborted) throw new LogoutProxyError('timeout', `No answer within ${timeoutMs} ms.`, { cause: error })
    if (error instanceof LogoutProxyError) throw error
    throw new LogoutProxyError('network', 'The backend did not answer, or redirected.', { cause: error })
  }
}

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  // A page instead of a response, such as a login page, must not count as a logout.
  const body: Partial<Omit<Answer, 'status'> & Omit<Problem, 'status'> & { status: unknown }> | null = await response
    .json()
    .catch(() => null)
  if (status === 200 && /^(logged_out|no_session|queued|local_only)$/.test(String(body?.status))) return body as Answer
  const problem = body?.code
  // Only a code gets into the message: the response may come from another server.
  if (typeof problem !== 'string' || !/^[a-z_]{1,50}$/.test(problem))
    throw new LogoutProxyError('unexpected_response', `Not a logout response: HTTP ${status}.`, { status })
  const seconds = Number(headers.get('retry-after'))
  throw new LogoutProxyError('refused', `The backend refused: ${problem}.`, {
    status,
    problem,
    ...(seconds && { retryAfterMs: seconds * 1000 }),
  })
}
