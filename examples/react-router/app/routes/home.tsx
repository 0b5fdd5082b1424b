import { type LoaderFunctionArgs, useLoaderData } from 'react-router'
import { sessionOf } from '../sessions.server'

export const loader = async ({ request }: LoaderFunctionArgs) => ({
  csrfToken: (await sessionOf(request)).get('csrfToken'),
})

export default function Home() {
  const { csrfToken } = useLoaderData<typeof loader>()
  if (!csrfToken) return <a href="/login">Log in</a>
  return (
    <form method="post" action="/logout">
      <input type="hidden" name="csrf_token" value={csrfToken} />
      <button type="submit">Log out</button>
    </form>
  )
}
