/**
 * The page's side: calls the page's own backend to log its user out. No dependency at run time.
 *
 * @module
 */
export {
  type BrowserLogout,
  type BrowserLogoutOptions,
  type BrowserLogoutRequest,
  type BrowserLogoutResult,
  createLogout,
  type LogoutStatus,
} from './create-logout.ts'
export {
  isLogoutProxyError,
  LogoutProxyError,
  type LogoutProxyErrorCode,
  type LogoutProxyErrorDetails,
  type ProblemCode,
} from './proxy-error.ts'
