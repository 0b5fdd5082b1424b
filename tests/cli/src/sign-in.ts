import type { CountingProvider } from './counting-provider.ts'

/** Signs a user in at the provider, and returns the response: JSON with the tokens. */
export async function signIn({ env }: CountingProvider): Promise<string> {
  const { AUTHING_APP_HOST } = env
  const response = await fetch(`${AUTHING_APP_HOST}/emulator/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"user":"alice"}',
  })
  return response.text()
}
