import { redirect } from 'next/navigation'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { client } from '../../logout-client'
import { getSession } from '../../session'

/** A Server Action: Next.js checks the origin of its callers, and a plain form works without a script. */
async function logOut(): Promise<void> {
  'use server'
  const session = await getSession()
  const { revoked, nothingToRevoke, logoutUrl } = await client.logout(session.tokens)
  session.destroy()
  // Without a response from the provider, there is no logout URL.
  redirect(logoutUrl?.href ?? (revoked || nothingToRevoke ? '/goodbye' : '/goodbye?logout=local_only'))
}

async function State() {
  // iron-session reads the clock, which `cacheComponents` allows only in a response to a request.
  await connection()
  const { tokens } = await getSession()
  return tokens ? 'Logged in' : 'Logged out'
}

export default function Page() {
  return (
    <form action={logOut}>
      <p>
        <Suspense>
          <State />
        </Suspense>
      </p>
      <button type="submit">Log out</button>
    </form>
  )
}
