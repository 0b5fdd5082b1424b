'use client'
import { createLogout } from '@backend-logout/browser-proxy/client'

// Fine at the top of a module that is rendered on the server, too.
const { logout } = createLogout({ endpoint: '/logout' })

export default function Page() {
  return (
    <button type="button" onClick={() => logout().then(({ status }) => location.assign(`/goodbye?logout=${status}`))}>
      Log out
    </button>
  )
}
