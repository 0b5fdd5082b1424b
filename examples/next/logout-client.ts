import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'

// Created at the first logout: `next build` has no secrets.
export const client = lazyLogoutClient(() => createLogoutClientFromEnv())
