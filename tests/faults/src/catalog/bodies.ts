import { gzipSync } from 'node:zlib'
import type { Answer } from '../behaviors.ts'

/** A body of a refusal, with its headers, and the information that a client can get from it. */
export interface ErrorBody extends Pick<Answer, 'headers' | 'body'> {
  readonly name: string
  readonly details?: Readonly<Record<string, unknown>>
  /** The author of the body, if that is visible: an endpoint that has read the request, or a proxy in front of it. */
  readonly by?: 'endpoint' | 'gateway'
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const oauth = JSON.stringify({ error: 'invalid_request', error_description: 'token is malformed' })
const oauthDetails = { providerError: 'invalid_request', providerErrorDescription: 'token is malformed' }
const envelope = { statusCode: 403, apiCode: 2333, message: 'no permission', requestId: 'req-0001' }
const TEN_MEGABYTES = 10 * 1024 * 1024
const page =
  '<!DOCTYPE html><html><head><title>Hm</title></head><body><h1>Please sign in to the network</h1></body></html>'

/** Bodies of a refusal. None of them states a status that contradicts those of the matrix. */
export const errorBodies: readonly ErrorBody[] = [
  { name: 'an OAuth error', headers: JSON_TYPE, body: oauth, details: oauthDetails, by: 'endpoint' },
  {
    name: "GenAuth's envelope",
    headers: JSON_TYPE,
    body: JSON.stringify(envelope),
    details: { apiCode: 2333, providerErrorDescription: 'no permission', requestId: 'req-0001' },
  },
  {
    name: 'the legacy envelope',
    headers: JSON_TYPE,
    body: JSON.stringify({ code: 400, message: 'bad token' }),
    details: { providerErrorDescription: 'bad token' },
    by: 'endpoint',
  },
  {
    name: 'a form-encoded OAuth error',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'error=invalid_request&error_description=token+is+malformed',
    details: oauthDetails,
    by: 'endpoint',
  },
  { name: 'an HTML page', headers: { 'content-type': 'text/html; charset=utf-8' }, body: page, by: 'gateway' },
  { name: 'no body', body: '' },
  {
    name: 'a gzipped OAuth error',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: gzipSync(oauth),
    details: oauthDetails,
    by: 'endpoint',
  },
  {
    name: 'an OAuth error of the wrong type',
    headers: { 'content-type': 'image/png' },
    body: oauth,
    details: oauthDetails,
    by: 'endpoint',
  },
  {
    name: 'invalid UTF-8',
    headers: JSON_TYPE,
    body: Buffer.from([0xff, 0xfe, 0x7b, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x80, 0x00, 0x0d, 0x0a]),
  },
  { name: '10 MB', headers: { 'content-type': 'text/plain' }, body: Buffer.alloc(TEN_MEGABYTES, 'no. ') },
  {
    name: '10 MB, gzipped to little',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(TEN_MEGABYTES, ' ')),
  },
]

/** The page of a captive portal, which responds to everything with 200. */
export const portalPage: Answer = { headers: { 'content-type': 'text/html' }, body: page }

/** A JSON answer. */
export function json(value: unknown): Pick<Answer, 'headers' | 'body'> {
  return { headers: JSON_TYPE, body: JSON.stringify(value) }
}
