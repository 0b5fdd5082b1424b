import { createLogoutHandler } from '@backend-logout/browser-proxy/server'
import { client } from '../../logout-client'
import { getSession } from '../../session'

export const POST = createLogoutHandler({
  client,
  session: {
    read: async () => (await getSession()).tokens,
    clear: async () => {
      const session = await getSession()
      session.destroy()
      return undefined
    },
  },
})
