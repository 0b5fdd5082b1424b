import { getSession } from '../../session'

// A placeholder for the callback of your sign-in: it keeps the tokens that it receives.
export async function POST(request: Request): Promise<Response> {
  if (process.env.NODE_ENV === 'production' && process.env.ALLOW_TEST_SIGN_IN !== 'yes')
    return new Response(null, { status: 404 })
  const session = await getSession()
  session.tokens = await request.json()
  await session.save()
  return new Response(null, { status: 204 })
}
