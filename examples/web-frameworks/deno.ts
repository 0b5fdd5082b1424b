import { createLogoutClientFromEnv } from '@backend-logout/deno'
import { createLogout } from './logout.ts'

Deno.serve({ port: Number(process.env.PORT ?? 3000) }, createLogout(createLogoutClientFromEnv()))
