import { type LoaderFunctionArgs, useLoaderData } from 'react-router'

/** Messages for the user, by the status of the logout. */
const GOODBYE: Readonly<Record<string, string>> = {
  logged_out: 'You are logged out.',
  no_session: 'You were already logged out.',
  queued: 'You are logged out here. The provider will follow.',
  local_only: 'You are logged out here, but the provider did not respond. Log out there as well.',
}

export const loader = ({ request }: LoaderFunctionArgs) => ({
  text: GOODBYE[new URL(request.url).searchParams.get('logout') ?? 'logged_out'] ?? '',
})

export default function Goodbye() {
  const { text } = useLoaderData<typeof loader>()
  return (
    <p>
      {text} <a href="/login">Log in again</a>
    </p>
  )
}
