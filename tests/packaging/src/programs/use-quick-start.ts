// Runs in a consumer's folder, beside the quick start of a README: uses the quick start's exports, if there are any, as
// an application would.
interface QuickStart {
  /** Called when a user logs out. */
  readonly logOut?: (session: object) => Promise<unknown>
  /** Called with the request of a page. */
  readonly logout?: (request: Request) => Promise<Response>
}

const beside = './quick-start.ts'
const { logOut, logout }: QuickStart = await import(beside)
if (logOut) await logOut(JSON.parse(process.env.SESSION ?? ''))
if (logout) {
  const origin = 'https://app.example.com'
  const headers = { origin, 'x-logout-request': '1', cookie: '__Host-session=alice' }
  const response = await logout(new Request(`${origin}/logout`, { method: 'POST', headers }))
  console.log(response.status, await response.text())
}
