import { logout } from '../../logout.ts'

export const POST = logout
