'use client'
import { createLogout } from '@backend-logout/browser-proxy/client'

// Also works when the module is rendered on the server.
const { logout } = createLogout({ endpoint: '/logout' })

export default function Page() {
  return (
    // Loads the whole page: the router would keep pages of the user in its cache.
    <button type="button" onClick={() => logout().then(({ status }) => location.assign(`/goodbye?logout=${status}`))}>
      Log out
    </button>
  )
}
