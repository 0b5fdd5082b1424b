import { expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf } from './testing/code-of.ts'

const imperva = { errorCode: '15', description: 'This request was blocked', incidentId: '1-2', hostName: 'x' }

test.each([
  ['DataDome', 403, { url: 'https://geo.captcha-delivery.com/' }, {}],
  ['DataDome, without a body', 403, '', { 'x-datadome': 'protected' }],
  ['Imperva', 403, imperva, {}],
  ['Imperva, without a body', 403, '', { 'x-iinfo': '1-2' }],
  ['HUMAN', 403, { vid: 'x', uuid: 'y', appId: 'PXabc', action: 'captcha' }, {}],
  ['Akamai', 403, '', { server: 'AkamaiGHost' }],
  ['Vercel', 429, '', { 'x-vercel-mitigated': 'challenge' }],
  ['Vercel, with a success', 200, '', { 'x-vercel-mitigated': 'challenge' }],
  ['Azure Front Door', 403, { error: { code: 'Forbidden', message: 'The request is blocked.' } }, {}],
  ["Go's server, which expects https", 400, 'Client sent an HTTP request to an HTTPS server.\n', {}],
])('recognizes a response of %s', (_what, status, body, headers) => {
  expect(codeOf(answer(status, body, { headers }))).toBe('unexpected_response')
})

test.each([
  ['a success through DataDome', answer(200, '', { headers: { 'x-datadome': 'protected' } }), 'ok'],
  ['a refusal through DataDome', answer(403, { message: 'no' }, { headers: { 'x-datadome': 'x' } }), 'rejected'],
  ['a success through Imperva', answer(200, { ok: true }, { headers: { 'x-iinfo': '1-2' } }), 'ok'],
  ['an outage behind Akamai', answer(503, '', { headers: { server: 'AkamaiGHost' } }), 'provider_unavailable'],
  ['a 403 without a firewall', answer(403), 'rejected'],
  ["a provider's own appId", answer(200, { appId: 'PXY-portal', revoked: true }), 'ok'],
  [
    "a provider's own number of an incident",
    answer(400, { errorCode: 'invalid_client', incidentId: 'x' }),
    'client_auth_failed',
  ],
])('leaves to the provider: %s', (_what, given, code) => {
  expect(codeOf(given)).toBe(code)
})
