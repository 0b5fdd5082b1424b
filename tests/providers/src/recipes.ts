import type { Answer, Received } from './stand-in.ts'

/** A provider whose revocation endpoint requires another form than RFC 7009's. */
export interface Recipe {
  readonly title: string
  /** The requirement of the provider, and its source. */
  readonly about: string
  /** The options of `createLogoutClient`, as `docs/guides/own-revocation-forms.md` prints them. */
  readonly settings: string
  /** True if a request is as the provider requires. */
  readonly accepts: (request: Received & { readonly body: string }) => boolean
  readonly success: Answer
  readonly failure: Answer
  /** The response for a token that is no longer valid, if the settings name it. */
  readonly alreadyInvalid?: Answer
}

const basic = `Basic ${btoa('app:secret')}`

/** The recipes of `docs/guides/own-revocation-forms.md`. */
export const RECIPES: readonly Recipe[] = [
  {
    title: 'Another name for the token',
    about:
      'LINE expects `access_token` instead of `token`, and the credential in the form. Rename the field; the rest stays unchanged.',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  endpoints: { revocation: 'https://api.line.me/oauth2/v2.1/revoke' },
  clientAuth: 'client_secret_post',
  fetch: (url, init) => {
    const form = new URLSearchParams(String(init?.body))
    form.set('access_token', form.get('token') ?? '')
    form.delete('token')
    form.delete('token_type_hint')
    return fetch(url, { ...init, body: form.toString() })
  },
}`,
    accepts: ({ method, path, body }) =>
      method === 'POST' &&
      path === '/oauth2/v2.1/revoke' &&
      body === 'client_id=app&client_secret=secret&access_token=the-access-token',
    success: {},
    failure: { status: 400, body: { error: 'invalid_request', error_description: 'invalid access token' } },
  },
  {
    title: 'Parameters in the query',
    about:
      'Kick reads `token` and `token_hint_type` from the query and requires no credential. URLs appear in the logs of proxies, so do this only if the provider leaves no choice.',
    settings: `{
  appId: 'app',
  endpoints: { revocation: 'https://id.kick.com/oauth/revoke' },
  clientAuth: 'none',
  fetch: (url, init) => {
    const form = new URLSearchParams(String(init?.body))
    const query = new URLSearchParams({
      token: form.get('token') ?? '',
      token_hint_type: form.get('token_type_hint') ?? 'access_token',
    })
    return fetch(\`\${url}?\${query}\`, { ...init, body: '' })
  },
}`,
    accepts: ({ method, path, body }) =>
      method === 'POST' && path === '/oauth/revoke?token=the-access-token&token_hint_type=access_token' && body === '',
    success: { body: { data: {}, message: 'OK' } },
    failure: { status: 400, body: { error: 'Invalid request' } },
  },
  {
    title: 'JSON and DELETE',
    about:
      'GitHub deletes an application’s token: send JSON with `access_token`, and the credential as Basic. GitHub returns 204.',
    settings: `{
  appId: 'app',
  appSecret: 'secret',
  endpoints: { revocation: 'https://api.github.com/applications/app/token' },
  clientAuth: 'client_secret_basic',
  fetch: (url, init) => {
    const token = new URLSearchParams(String(init?.body)).get('token')
    const headers = new Headers(init?.headers)
    headers.set('content-type', 'application/json')
    headers.set('accept', 'application/vnd.github+json')
    return fetch(url, { ...init, method: 'DELETE', headers, body: JSON.stringify({ access_token: token }) })
  },
}`,
    accepts: ({ method, path, headers, body }) =>
      method === 'DELETE' &&
      path === '/applications/app/token' &&
      headers.authorization === basic &&
      headers['content-type'] === 'application/json' &&
      body === '{"access_token":"the-access-token"}',
    success: { status: 204 },
    failure: { status: 422, body: { message: 'Validation Failed' } },
  },
  {
    title: 'The token as the credential',
    about:
      'Slack’s `auth.revoke` expects the token as the Bearer credential, and reports success or failure in its JSON. The client treats a reported failure as a failure, whatever the status. `alreadyInvalidErrors` lists Slack’s errors for a token that is no longer valid. That is not possible if such a provider returns 401: then the client reports `client_auth_failed`, because it cannot know that the token was the credential.',
    settings: `{
  appId: 'app',
  endpoints: { revocation: 'https://slack.com/api/auth.revoke' },
  clientAuth: 'none',
  alreadyInvalidErrors: ['token_revoked', 'token_expired', 'account_inactive'],
  fetch: (url, init) => {
    const token = new URLSearchParams(String(init?.body)).get('token')
    const headers = new Headers(init?.headers)
    headers.set('authorization', \`Bearer \${token}\`)
    return fetch(url, { ...init, headers, body: '' })
  },
}`,
    accepts: ({ method, path, headers, body }) =>
      method === 'POST' &&
      path === '/api/auth.revoke' &&
      headers.authorization === 'Bearer the-access-token' &&
      body === '',
    success: { body: { ok: true, revoked: true } },
    failure: { body: { ok: false, error: 'no_permission' } },
    alreadyInvalid: { body: { ok: false, error: 'token_revoked' } },
  },
]
