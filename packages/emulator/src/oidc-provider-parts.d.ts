/**
 * The modules of `oidc-provider` without its entry point, which prints a warning on every runtime but the long-term
 * versions of Node.js. The emulator is tested on the others, see `tests/runtimes`.
 */
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider'
}
declare module 'oidc-provider/lib/helpers/errors.js' {
  import { errors } from 'oidc-provider'
  export const InvalidRequest: typeof errors.InvalidRequest
}
