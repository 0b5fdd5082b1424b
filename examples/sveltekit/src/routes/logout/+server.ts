import type { RequestHandler } from '@sveltejs/kit'
import { logout } from '#lib/server/logout.ts'

export const POST: RequestHandler = ({ request }) => logout(request)
