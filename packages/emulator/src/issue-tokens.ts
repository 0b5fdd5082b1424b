import type { Provider } from 'oidc-provider'
import type { Application } from './applications.ts'
import type { IssueTokensOptions } from './issued-token.ts'
import { refuseUnknown } from './option-names.ts'
import type { MemoryStore } from './store.ts'
import type { StructuredTokens } from './structured-token.ts'
import type { TokenLedger } from './token-ledger.ts'

interface IssuingSettings {
  readonly provider: Provider
  readonly store: MemoryStore
  readonly tokens: StructuredTokens
  readonly ledger: TokenLedger
  readonly app: Application
}

/** With two records for each token, more would remove the first ones from the store. */
const MAX_COUNT = 200_000

/** Signatures are made on a thread pool; this many at a time keep it busy, and more would only take memory. */
const BATCH_SIZE = 128

const NAMES: Readonly<Record<keyof IssueTokensOptions, true>> = {
  app: true,
  user: true,
  kind: true,
  accessTokenTtl: true,
}

const SCOPE = 'openid profile email phone offline_access'

/**
 * Issues real tokens directly from the provider's models, each with a separate grant, without a sign-in.
 *
 * @throws {TypeError} When the count is not a number of tokens that the emulator can hold, or an option is invalid.
 */
export async function issueTokens(
  { provider, store, tokens, ledger, app }: IssuingSettings,
  count: number,
  options: IssueTokensOptions,
): Promise<string[]> {
  refuseUnknown(options, NAMES, 'issueTokens()')
  const { user: accountId = 'user', kind = 'access_token', accessTokenTtl } = options
  if (!Number.isSafeInteger(count) || count < 0 || count > MAX_COUNT) {
    throw new TypeError(`issueTokens takes a count from 0 to ${MAX_COUNT}`)
  }
  if (kind !== 'access_token' && kind !== 'refresh_token') {
    throw new TypeError("kind must be 'access_token' or 'refresh_token'")
  }
  if (accessTokenTtl !== undefined && !(Number.isSafeInteger(accessTokenTtl) && accessTokenTtl > 0)) {
    throw new TypeError('accessTokenTtl must be a positive number of seconds')
  }
  const client = await provider.Client.find(app.appId)
  if (client === undefined) throw new TypeError(`the application ${app.name} does not belong to this emulator`)
  const properties = { client, accountId, scope: SCOPE, gty: 'authorization_code' }

  async function issueToken(): Promise<string> {
    const grant = new provider.Grant({ clientId: app.appId, accountId })
    grant.addOIDCScope(SCOPE)
    const grantId = await grant.save()
    if (kind === 'refresh_token') {
      const token = await new provider.RefreshToken({ ...properties, grantId }).save()
      ledger.add(token, { kind, id: token, sub: accountId })
      return token
    }
    const id = await new provider.AccessToken({ ...properties, grantId, expiresIn: accessTokenTtl }).save()
    const record = store.get('AccessToken', id)
    if (record === undefined) throw new Error('the store has no room for more tokens')
    // RS256 signatures take six times longer. This key is also published, so resource servers accept the tokens alike.
    const token = await tokens.wrap(record, 'ES256')
    ledger.add(token, { kind, id, sub: accountId })
    return token
  }

  const issued: string[] = []
  while (issued.length < count) {
    const size = Math.min(BATCH_SIZE, count - issued.length)
    issued.push(...(await Promise.all(Array.from({ length: size }, issueToken))))
  }
  return issued
}
