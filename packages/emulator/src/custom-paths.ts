import type { KoaContextWithOIDC } from 'oidc-provider'
import { type CustomPaths, type MovableEndpoint, PROTOCOL_PATHS } from './endpoints.ts'
import { refuseUnknown } from './option-names.ts'

/** The members of the metadata with the addresses of the endpoints. */
const MEMBERS: Readonly<Record<MovableEndpoint, string>> = {
  authorization: 'authorization_endpoint',
  token: 'token_endpoint',
  revocation: 'revocation_endpoint',
  introspection: 'introspection_endpoint',
  userinfo: 'userinfo_endpoint',
  jwks: 'jwks_uri',
  end_session: 'end_session_endpoint',
}
/** Additional responses of the emulator. */
const TAKEN = /^\/(?:emulator|login|cas-idp|api|\.well-known|oidc\/\.well-known)(?:\/|$)/
const PATH = /^(?:\/[\w.~-]+)+$/

/**
 * Checks the custom paths.
 *
 * @throws {TypeError} When one is invalid.
 */
export function checkPaths(paths: CustomPaths): CustomPaths {
  refuseUnknown(paths, PROTOCOL_PATHS, 'paths')
  const given = Object.entries(paths).filter(([, path]) => path !== undefined)
  const usual = Object.entries(PROTOCOL_PATHS).flatMap(([name, path]) =>
    given.some(([moved]) => moved === name) ? [] : [`/oidc${path}`, `/oauth${path}`],
  )
  for (const [name, path] of given) {
    if (typeof path !== 'string' || path.length > 200 || !PATH.test(path) || /\/\.\.?(?:\/|$)/.test(path)) {
      throw new TypeError(`paths.${name} must be a path of at most 200 characters, such as /oauth2/revoke`)
    }
    if (TAKEN.test(path) || usual.includes(path) || given.some(([other, same]) => other !== name && same === path)) {
      throw new TypeError(`paths.${name} is the path of another endpoint`)
    }
  }
  return Object.freeze(Object.fromEntries(given))
}

/** The addresses of the moved endpoints, as in the metadata. */
function advertisedAddresses(appHost: string, paths: CustomPaths): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [MEMBERS[name as MovableEndpoint], `${appHost}${path}`]),
  )
}

/** A Koa middleware that puts the custom paths into the metadata, which the provider creates from the usual ones. */
export function advertisePaths(
  appHost: string,
  paths: CustomPaths,
): (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void> {
  const addresses = advertisedAddresses(appHost, paths)
  return async (ctx, next) => {
    await next()
    if (!ctx.path.startsWith('/.well-known/o') || typeof ctx.body !== 'object' || ctx.body === null) return
    const metadata = ctx.body as { mtls_endpoint_aliases?: Readonly<Record<string, string>> }
    Object.assign(metadata, addresses)
    const { mtls_endpoint_aliases: aliases } = metadata
    if (!aliases) return
    const moved = Object.entries(aliases).map(([name, address]) => [name, addresses[name] ?? address])
    metadata.mtls_endpoint_aliases = Object.fromEntries(moved)
  }
}
