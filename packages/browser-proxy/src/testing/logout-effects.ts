import type { Emulator } from '@backend-logout/emulator'

/** True if a response removes the cookie of the session. */
export const cleared = (answer: Response): boolean =>
  /^__Host-session=; Max-Age=0/.test(answer.headers.get('set-cookie') ?? '')

/** The number of revocations that a provider was asked for. */
export const countRevocations = ({ requests }: Emulator): number =>
  requests.filter(({ endpoint }) => endpoint === 'revocation').length
