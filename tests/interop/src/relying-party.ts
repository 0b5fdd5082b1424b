import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oauth from 'oauth4webapi'
import type { Probe, Tokens } from './probe.ts'

/** An application, with its means of authentication at a token endpoint. */
export interface RelyingParty {
  readonly id: string
  readonly auth: oauth.ClientAuth
  /** The function that sends its requests, if that requires a client certificate. */
  readonly fetch?: typeof globalThis.fetch
}

/** The token endpoint gave no tokens. */
export class TokenRefusal extends Error {}

/** Requests tokens from a token endpoint, as the application does, with a third-party library. */
export async function requestTokens(
  issuer: string,
  tokenEndpoint: string,
  { id, auth, fetch }: RelyingParty,
  grant: 'authorization_code' | 'refresh_token' | 'client_credentials' | 'password',
  parameters: Record<string, string>,
): Promise<Tokens> {
  const response = await oauth.genericTokenEndpointRequest(
    { issuer, token_endpoint: tokenEndpoint },
    { client_id: id },
    auth,
    grant,
    parameters,
    { [oauth.allowInsecureRequests]: true, ...(fetch && { [oauth.customFetch]: fetch as never }) },
  )
  const body = (await response.json()) as Record<string, string | undefined>
  const { access_token: accessToken, refresh_token: refreshToken = '', id_token: idToken = '' } = body
  if (response.ok && accessToken) return { accessToken, refreshToken, idToken }
  throw new TokenRefusal(`the token endpoint answered ${response.status} ${body.error}: ${body.error_description}`)
}

/** Uses a refresh token. Called last, because that uses up the token. */
export function refreshGrant(refresh: () => Promise<Tokens>): Probe {
  const works = async (): Promise<boolean> => {
    try {
      await refresh()
      return true
    } catch (error) {
      // Anything but a refusal of the token reveals nothing about it.
      if (error instanceof TokenRefusal && /invalid_grant|invalid_request/.test(error.message)) return false
      throw error
    }
  }
  return { token: 'refresh token', by: 'refresh grant', works }
}

/** Sends an access token to an endpoint that requires one. */
export function userInfo(url: string, accessToken: string, send: typeof globalThis.fetch = fetch): Probe {
  const works = async (): Promise<boolean> => {
    const { ok, status } = await send(url, { headers: { authorization: `Bearer ${accessToken}` } })
    if (!ok && status !== 401) throw new Error(`user info answered ${status}`)
    return ok
  }
  return { token: 'access token', by: 'user info', before: 'works', works }
}

/** Checks the signature and the lifetime of a JWT, as a resource server does. */
export function signature(jwksUri: string, accessToken: string): Probe {
  const works = (): Promise<boolean> =>
    jwtVerify(accessToken, createRemoteJWKSet(new URL(jwksUri))).then(
      () => true,
      () => false,
    )
  return { token: 'access token', by: 'signature', before: 'works', works }
}

/** Calls introspection, with a third-party library. */
export function introspection(
  issuer: string,
  endpoint: string,
  { id, auth }: RelyingParty,
  accessToken: string,
): Probe {
  const works = async (): Promise<boolean> => {
    const server = { issuer, introspection_endpoint: endpoint }
    const client = { client_id: id }
    const response = await oauth.introspectionRequest(server, client, auth, accessToken, {
      [oauth.allowInsecureRequests]: true,
    })
    return (await oauth.processIntrospectionResponse(server, client, response)).active
  }
  return { token: 'access token', by: 'introspection', before: 'works', works }
}
