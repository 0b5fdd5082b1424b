import type { Emulator } from '@backend-logout/emulator'
import type { LogoutFormOptions } from '../server/form-door.ts'
import { createApplication, ORIGIN, type TestApplication } from './application.ts'

/** Makes applications that keep a CSRF token for each session, in front of an emulator. */
export function formApplications(provider: Emulator) {
  return (options: Partial<LogoutFormOptions> = {}) => {
    const tokens = new Map<string, string>()
    const sessionOf = (request: Request): string =>
      /__Host-session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? ''
    const form = { csrfToken: (request: Request) => tokens.get(sessionOf(request)), landing: '/goodbye', ...options }
    const application: TestApplication = createApplication(provider, { form, returnTo: ['/bye'] }, { timeoutMs: 300 })
    const signIn = async () => {
      const user = await application.signIn()
      const csrf = crypto.randomUUID()
      tokens.set(user.id, csrf)
      return { ...user, csrf }
    }
    return { ...application, signIn }
  }
}

/** A request as a browser sends it for a form in a page of the application. */
export function formRequest(
  cookie: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = {},
): Request {
  return new Request(`${ORIGIN}/logout`, {
    method: 'POST',
    headers: {
      origin: ORIGIN,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'content-type': 'application/x-www-form-urlencoded',
      cookie,
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  })
}
