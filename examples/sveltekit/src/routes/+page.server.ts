import type { ServerLoad } from '@sveltejs/kit'
import { sessionOf } from '#lib/server/sessions.ts'

export const load: ServerLoad = ({ request }) => ({ csrfToken: sessionOf(request)?.csrfToken })
