// Loaded before an example: here the test signs users in, so the cookie is the session and not a name in a store.
import { sessions } from '../../../../examples/web-frameworks/logout.ts'

sessions.get = (cookie) => JSON.parse(atob(cookie))
