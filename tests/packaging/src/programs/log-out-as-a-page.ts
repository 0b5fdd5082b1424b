// Runs in a consumer's folder, beside the handler of the README.
// @ts-expect-error There it is.
import { logout } from './quick-start.ts'

const origin = 'https://app.example.com'
const headers = { origin, 'x-logout-request': '1', cookie: '__Host-session=alice' }
const response: Response = await logout(new Request(`${origin}/logout`, { method: 'POST', headers }))
console.log(response.status, await response.text())
process.exit(response.ok ? 0 : 1)
