import { connect } from 'node:net'
import type { Application } from '../applications.ts'

/** A response with its body read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** Sends a request and reads the response; redirects are not followed. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

/** Posts a form. */
export function postForm(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(url, { method: 'POST', body: new URLSearchParams(form), headers })
}

/** Queries the owner of a token. */
export function getUserinfo(appHost: string, token: string, path = '/oidc/me'): Promise<Answer> {
  return send(`${appHost}${path}`, { headers: { authorization: `Bearer ${token}` } })
}

/** The credentials of an application, as form fields. */
export function credentials({ appId, appSecret }: Application): Record<string, string> {
  return { client_id: appId, ...(appSecret === undefined ? {} : { client_secret: appSecret }) }
}

/** The credentials of an application, as an `Authorization` header. */
export function basicHeader({ appId, appSecret = '' }: Application): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${appId}:${appSecret}`).toString('base64')}` }
}

/** Everything a server sends over one connection, byte for byte, and how the connection ended. */
export async function sendRaw(appHost: string, request: string): Promise<{ received: string; error?: string }> {
  const { hostname, port } = new URL(appHost)
  const socket = connect(Number(port), hostname)
  let received = ''
  let error: string | undefined
  socket.setEncoding('latin1').on('data', (data) => {
    received += data
  })
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    error = cause.code
  })
  socket.write(request)
  await new Promise((resolve) => socket.once('close', resolve))
  return { received, ...(error === undefined ? {} : { error }) }
}

/** A request as bytes, on a connection that the server closes afterward. */
export function rawRequest(method: string, target: string, ...headers: string[]): string {
  const length = method === 'POST' ? ['content-length: 0'] : []
  return [`${method} ${target} HTTP/1.1`, 'connection: close', ...headers, ...length, '', ''].join('\r\n')
}

/** A form post as bytes, on a connection that the server closes afterward. */
export function rawPost(appHost: string, path: string, form: Record<string, string>): string {
  const body = new URLSearchParams(form).toString()
  return [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(appHost).host}`,
    'connection: close',
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
}
