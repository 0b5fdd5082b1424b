import { answer } from '../behaviors.ts'
import { codeOf, either, fails, type Row } from '../row.ts'
import { errorBodies, json } from './bodies.ts'

const CLIENT_ERRORS = [400, 401, 403, 404, 405, 408, 413, 415, 422, 429]
const SERVER_ERRORS = [500, 501, 502, 503, 504]

/** Every refusal by status, with every body: the status and the author of the body decide. */
export const refusals: readonly Row[] = [...CLIENT_ERRORS, ...SERVER_ERRORS].flatMap((status) =>
  errorBodies.map(({ name, details, by, ...body }): Row => {
    const expected = fails(codeOf(status, by), { details: { status, ...details } })
    return { name: `${status} with ${name}`, behave: answer({ status, ...body }), ...either(expected) }
  }),
)

const challenge = (value: string): Row['behave'] => answer({ status: 401, headers: { 'www-authenticate': value } })

/** Refusals whose body or challenge is more specific than their status. */
export const tellingRefusals: readonly Row[] = [
  {
    name: '401 with only a challenge without an error',
    behave: challenge('Basic realm="provider"'),
    ...either(fails('client_auth_failed', { details: { status: 401 } })),
  },
  {
    name: '401 with only a challenge',
    behave: challenge('Basic realm="provider", error="invalid_client", error_description="no such \\"app\\""'),
    ...either(
      fails('client_auth_failed', {
        details: { providerError: 'invalid_client', providerErrorDescription: 'no such "app"' },
      }),
    ),
  },
  {
    name: '400 with a challenge that says invalid_client',
    behave: answer({ status: 400, headers: { 'www-authenticate': 'Bearer error=invalid_client' } }),
    ...either(fails('client_auth_failed', { details: { status: 400, providerError: 'invalid_client' } })),
  },
  {
    name: '400 with invalid_client',
    behave: answer({ status: 400, ...json({ error: 'invalid_client' }) }),
    ...either(fails('client_auth_failed', { details: { providerError: 'invalid_client' } })),
  },
  {
    name: '400 with unsupported_token_type',
    behave: answer({ status: 400, ...json({ error: 'unsupported_token_type' }) }),
    ...either(fails('unsupported_token_type', { details: { providerError: 'unsupported_token_type' } })),
  },
  {
    name: '400 with an envelope that says 401',
    behave: answer({ status: 400, ...json({ statusCode: 401, message: 'wrong secret' }) }),
    ...either(fails('client_auth_failed', { details: { providerErrorDescription: 'wrong secret' } })),
  },
  {
    name: '400 with an envelope that says 429',
    behave: answer({ status: 400, ...json({ statusCode: 429, message: 'slow down' }) }),
    ...either(fails('rate_limited')),
  },
]
