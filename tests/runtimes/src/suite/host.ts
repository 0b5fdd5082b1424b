import type * as core from '@backend-logout/core'
import type * as jwt from '@backend-logout/core/jwt'
import type * as receiver from '@backend-logout/receiver'
import type * as revocations from '@backend-logout/revocations'

/** The kinds of runtimes between which cases may differ. */
export type Kind = 'node' | 'deno' | 'bun' | 'workerd' | 'browser'

/** Registers a case. `cannot` states why it cannot hold in some kinds of runtimes; there, it must fail. */
export type RegisterCase = (name: string, run: () => Promise<void>, cannot?: Partial<Record<Kind, string>>) => void

/** The functions that a runner gives the suite. */
export interface Host {
  readonly kind: Kind
  /** The name and version of this runtime, as it reports them. */
  readonly runtime: string
  /** Registers a test. They run one after another. */
  readonly test: (name: string, run: () => Promise<void>) => void
  /** The package under test. */
  readonly client: Pick<typeof core, 'createLogoutClient' | 'isLogoutError' | 'LogoutError'>
  readonly jwt: Pick<typeof jwt, 'clientSecretJwt' | 'privateKeyJwt'>
  readonly revocations: Pick<typeof revocations, 'followRevocations' | 'isRevocationError' | 'revocationFeed'>
  readonly receiver: Pick<
    typeof receiver,
    'createBackChannelHandler' | 'createLogoutTokenVerifier' | 'createMemorySessionIndex' | 'isLogoutTokenError'
  >
  /** Everything that the runtime's inspection shows of a value. */
  readonly show: (value: unknown) => string
}

/** The arguments of the cases. */
export type Cases = Omit<Host, 'test'> & { readonly test: RegisterCase }
