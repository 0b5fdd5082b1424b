/**
 * The page's half: asks the page's own backend to log its user out. No dependency at run time.
 *
 * @module
 */
export {
  createLogout,
  type Logout,
  type LogoutOptions,
  type LogoutRequest,
  type LogoutResult,
  type LogoutStatus,
} from './create-logout.ts'
export {
  isLogoutProxyError,
  LogoutProxyError,
  type LogoutProxyErrorCode,
  type LogoutProxyErrorDetails,
  type ProblemCode,
} from './proxy-error.ts'
