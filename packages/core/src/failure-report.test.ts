import { expect, test } from 'vitest'
import { createLogoutClient } from './client.ts'
import { logoutErrorOf } from './testing/logout-error-of.ts'

/** The message of a revocation, or of discovery, whose requests all have this response. */
async function messageOf(response: () => Response, location: object): Promise<string> {
  const client = createLogoutClient({ appId: 'app', fetch: async () => response(), ...location } as never)
  return (await logoutErrorOf(() => client.revokeToken('a token'))).message
}

const endpoints = { endpoints: { revocation: 'https://id.example.com/revoke' } }

test.each([
  [413, /request is too large/],
  [414, /address is too long/],
  [415, /does not accept a form/],
  [431, /headers are too large/],
  [451, /legal reasons/],
])('gives advice that fits a refusal with %i, which has another cause than the token', async (status, advice) => {
  for (const body of ['', '{"message":"No."}']) {
    const message = await messageOf(() => new Response(body, { status }), endpoints)
    expect(message).toMatch(advice)
    expect(message).not.toMatch(/issued to this application/)
  }
})

test.each([400, 403, 422])('says to check the token after a refusal with %i', async (status) => {
  expect(await messageOf(() => new Response('', { status }), endpoints)).toMatch(/issued to this application/)
})

test('does not say to check the token if metadata is refused', async () => {
  const message = await messageOf(() => new Response('', { status: 403 }), { issuer: 'https://id.example.com' })
  expect(message).toMatch(/answered 403\. Set issuer exactly/)
})

test('names a response of fetch that hides what the provider returned', async () => {
  const message = await messageOf(() => Response.error(), endpoints)
  expect(message).toBe(
    'POST https://id.example.com/revoke answered without a status, as an opaque or error response of fetch is. ' +
      "Check the fetch of this client: mode 'no-cors' and some service workers return such a response.",
  )
})

test('names a redirect that a browser hides', async () => {
  const hidden = () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
  expect(await messageOf(hidden, endpoints)).toMatch(/answered with a redirect\. Redirects are not followed/)
})
