import { createLogoutClientFromEnv } from '@backend-logout/node'
import { createLogout } from '../../logout.ts'

export const POST = createLogout(createLogoutClientFromEnv())
