import { createLogoutClientFromEnv, lazyLogoutClient } from '@backend-logout/node'

// Created at the first logout: `next build` has no secrets.
export const client = lazyLogoutClient(() => {
  const { APP_ORIGIN = 'http://localhost:3000' } = process.env
  return createLogoutClientFromEnv({ logoutRedirectUri: `${APP_ORIGIN}/goodbye` })
})
