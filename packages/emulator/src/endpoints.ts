/** The provider's endpoints, by function. */
export type EndpointName =
  | 'authorization'
  | 'token'
  | 'revocation'
  | 'introspection'
  | 'userinfo'
  | 'jwks'
  | 'end_session'
  | 'discovery'
  | 'logout'
  | 'kick_users'
  | 'check_session_status'

/** The paths of the management API. */
export const MANAGEMENT_PATHS = {
  kick_users: '/api/v3/kick-users',
  check_session_status: '/api/v3/check-session-status',
} as const

/** The endpoints that a tenant can move. */
export type MovableEndpoint = Exclude<EndpointName, 'discovery' | 'logout' | 'kick_users' | 'check_session_status'>

/** The protocol paths, relative to `/oidc` or `/oauth`. They are GenAuth's. */
export const PROTOCOL_PATHS: Readonly<Record<MovableEndpoint, string>> = {
  authorization: '/auth',
  token: '/token',
  revocation: '/token/revocation',
  introspection: '/token/introspection',
  userinfo: '/me',
  jwks: '/.well-known/jwks.json',
  end_session: '/session/end',
}

/** Every endpoint's name. */
export const ENDPOINT_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(PROTOCOL_PATHS),
  ...Object.keys(MANAGEMENT_PATHS),
  'discovery',
  'logout',
])

const DISCOVERY_PATHS: ReadonlySet<string> = new Set([
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
])

/** The destination of a request. */
export interface Route {
  /** Absent if the path is not a separate endpoint, such as a step of the login. */
  readonly endpoint?: EndpointName
  /** The path and query below `/oidc` or `/oauth`; absent outside both. */
  readonly protocolUrl?: string
  /** `/oidc` or `/oauth`. */
  readonly mount?: string
}

/** Paths of moved endpoints, from the root of the host. */
export type CustomPaths = Readonly<Partial<Record<MovableEndpoint, string>>>

/** Finds the endpoint that a path and query belong to. An endpoint with a custom path no longer has the usual one. */
export function findRoute(url: string, customPaths: CustomPaths): Route {
  const [path = '/'] = url.split('?', 1)
  for (const [name, customPath] of Object.entries(customPaths) as [MovableEndpoint, string][]) {
    if (path !== customPath) continue
    return { endpoint: name, mount: '/oidc', protocolUrl: `${PROTOCOL_PATHS[name]}${url.slice(path.length)}` }
  }
  const mount = /^\/(?:oidc|oauth)(?=\/)/.exec(path)?.[0]
  if (mount !== undefined) {
    const endpoint = findProtocolEndpoint(path.slice(mount.length))
    if (endpoint !== undefined && Object.hasOwn(customPaths, endpoint)) return {}
    return { mount, protocolUrl: url.slice(mount.length), ...(endpoint === undefined ? {} : { endpoint }) }
  }
  if (path === '/login/profile/logout' || /^\/cas-idp\/(?:[^/]+\/)?logout$/.test(path)) return { endpoint: 'logout' }
  for (const name of ['kick_users', 'check_session_status'] as const) {
    if (path === MANAGEMENT_PATHS[name]) return { endpoint: name }
  }
  // RFC 8414 puts the well-known part between host and path. GenAuth returns 404 there, and a fault can change that.
  if ([...DISCOVERY_PATHS].some((wellKnown) => path.startsWith(wellKnown))) return { endpoint: 'discovery' }
  return {}
}

function findProtocolEndpoint(path: string): EndpointName | undefined {
  if (DISCOVERY_PATHS.has(path)) return 'discovery'
  for (const [name, endpointPath] of Object.entries(PROTOCOL_PATHS)) {
    if (path === endpointPath) return name as EndpointName
  }
  return undefined
}
