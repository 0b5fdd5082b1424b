import { Suspense } from 'react'

/** Messages for the user, by the status of the logout. */
const GOODBYE: Readonly<Record<string, string>> = {
  logged_out: 'You are logged out.',
  no_session: 'You were already logged out.',
  queued: 'You are logged out here. The provider will follow.',
  local_only: 'You are logged out here, but the provider did not respond. Log out there as well.',
}

interface Parameters {
  readonly searchParams: Promise<{ readonly logout?: string }>
}

async function Message({ searchParams }: Parameters) {
  const { logout = 'logged_out' } = await searchParams
  return GOODBYE[logout]
}

export default function Page({ searchParams }: Parameters) {
  return (
    <Suspense>
      <Message searchParams={searchParams} />
    </Suspense>
  )
}
