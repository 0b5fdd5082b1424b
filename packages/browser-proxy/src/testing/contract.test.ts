import { expect, test } from 'vitest'
import { faultsOfAnswer, faultsOfRequest } from './contract.ts'

const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const problem = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
const details = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'cross_site', detail: 'x' }

test('the contract check accepts what the contract defines', async () => {
  expect(await faultsOfAnswer(Response.json({ status: 'queued' }, { headers: json }))).toEqual([])
  expect(await faultsOfAnswer(Response.json(details, { status: 403, headers: problem }))).toEqual([])
})

test.each([
  ['an unknown status', () => Response.json({ status: 'done' }, { headers: json })],
  ['no status', () => Response.json({}, { headers: json })],
  ['an invalid logout URL', () => Response.json({ status: 'queued', logout_url: 'x y' }, { headers: json })],
  ['another HTTP status', () => Response.json({ status: 'queued' }, { status: 201, headers: json })],
  [
    'another content type',
    () => Response.json({ status: 'queued' }, { headers: { ...json, 'content-type': 'text/json' } }),
  ],
  [
    'a response that may be cached',
    () => Response.json({ status: 'queued' }, { headers: { ...json, 'cache-control': 'private' } }),
  ],
  ['CORS', () => Response.json({ status: 'queued' }, { headers: { ...json, 'access-control-allow-origin': '*' } })],
  ['a refusal without Allow', () => Response.json(details, { status: 405, headers: problem })],
  ['a refusal without its code', () => Response.json({ ...details, code: 'x' }, { status: 403, headers: problem })],
  [
    'Retry-After as a date',
    () => Response.json(details, { status: 429, headers: { ...problem, 'retry-after': 'soon' } }),
  ],
])('the contract check finds %s', async (_case, make) => {
  expect(await faultsOfAnswer(make())).not.toEqual([])
})

test.each([
  ['no header', {}, undefined],
  ['a body of another type', { 'x-logout-request': '1', origin: 'https://a.test', 'content-type': 'text/plain' }, '{}'],
  [
    'an unknown member',
    { 'x-logout-request': '1', origin: 'https://a.test', 'content-type': 'application/json' },
    '{"appSecret":"x"}',
  ],
])('the contract check finds a request with %s', async (_case, headers, body) => {
  const request = new Request('https://a.test/logout', { method: 'POST', headers, ...(body && { body }) })
  expect(await faultsOfRequest(request)).not.toEqual([])
})
