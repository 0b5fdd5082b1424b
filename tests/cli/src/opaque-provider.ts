import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll } from 'vitest'

/** A provider that issues opaque tokens. */
export interface OpaqueProvider {
  readonly provider: Emulator
  /** The environment in which a command uses it. */
  readonly env: Record<string, string>
}

/** Starts a provider for the tests of a file. */
export async function startOpaqueProvider(): Promise<OpaqueProvider> {
  const provider = await startEmulator({ accessTokenFormat: 'opaque' })
  afterAll(() => provider.close())
  const { appId, appSecret = '' } = provider.app
  return {
    provider,
    env: { AUTHING_APP_ID: appId, AUTHING_APP_SECRET: appSecret, AUTHING_APP_HOST: provider.appHost },
  }
}
