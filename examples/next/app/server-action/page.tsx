import { redirect } from 'next/navigation'
import { client } from '../../logout-client'
import { getSession } from '../../session'

/** A Server Action: Next checks the origin of its callers itself, and a plain form works without a script. */
async function logOut(): Promise<void> {
  'use server'
  const session = await getSession()
  const { revoked, nothingToRevoke, logoutUrl } = await client.logout(session.tokens)
  session.destroy()
  // There is no logout URL where the provider did not answer.
  redirect(logoutUrl?.href ?? (revoked || nothingToRevoke ? '/goodbye' : '/goodbye?logout=local_only'))
}

export default async function Page() {
  const { tokens } = await getSession()
  return (
    <form action={logOut}>
      <p>{tokens ? 'Logged in' : 'Logged out'}</p>
      <button type="submit">Log out</button>
    </form>
  )
}
