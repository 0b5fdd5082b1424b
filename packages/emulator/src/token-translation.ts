import type { KoaContextWithOIDC } from 'oidc-provider'
import { PROTOCOL_PATHS } from './endpoints.ts'
import type { MemoryStore } from './store.ts'
import type { StructuredTokens } from './structured-token.ts'
import type { TokenLedger } from './token-ledger.ts'

/** The parts of an emulator that the translation requires. */
interface TranslationSettings {
  readonly store: MemoryStore
  readonly tokens: StructuredTokens
  readonly ledger: TokenLedger
  readonly successBody: 'empty' | 'envelope'
}

/** The body of a successful revocation, as GenAuth's documentation has it. */
const SUCCESS_ENVELOPE = { statusCode: 200, message: '操作成功', data: { success: true } }

/**
 * Rewrites the tokens of a request for `oidc-provider`: in the form field `token` or `access_token`, and in a bearer
 * `Authorization` header. Text without a token stays unchanged, so that the provider judges malformed requests.
 */
export async function translateRequest(
  tokens: StructuredTokens,
  request: {
    readonly form: URLSearchParams | undefined
    readonly body: Buffer
    readonly authorization?: string | undefined
  },
): Promise<{ body: Buffer; headers: Record<string, string> }> {
  let { body } = request
  const headers: Record<string, string> = {}

  const bearer = /^Bearer +(\S+)$/i.exec(request.authorization ?? '')?.[1]
  if (bearer !== undefined) headers.authorization = `Bearer ${await tokens.unwrap(bearer)}`

  const form = request.form === undefined ? undefined : new URLSearchParams(request.form)
  for (const field of ['token', 'access_token']) {
    const [token, ...duplicates] = form?.getAll(field) ?? []
    if (form === undefined || !token || duplicates.length > 0) continue
    const identifier = await tokens.unwrap(token)
    if (identifier === token) continue
    form.set(field, identifier)
    body = Buffer.from(form.toString())
  }
  return { body, headers }
}

/** A Koa middleware that rewrites the tokens of the provider's responses, the other way around. */
export function translateAnswers({ store, tokens, ledger, successBody }: TranslationSettings) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    if (ctx.status !== 200) return
    if (ctx.path === PROTOCOL_PATHS.revocation && successBody === 'envelope') ctx.body = SUCCESS_ENVELOPE
    if (!isObject(ctx.body)) return
    const { body } = ctx

    if (ctx.path === PROTOCOL_PATHS.token && typeof body.access_token === 'string') {
      const identifier = body.access_token
      const record = store.get('AccessToken', identifier)
      if (record === undefined) return
      body.access_token = await tokens.wrap(record)
      const sub = record.accountId ?? ''
      ledger.add(String(body.access_token), { kind: 'access_token', id: identifier, sub })
      if (typeof body.refresh_token === 'string') {
        ledger.add(body.refresh_token, { kind: 'refresh_token', id: body.refresh_token, sub })
      }
    }

    if (ctx.path === PROTOCOL_PATHS.introspection && body.active === true && tokens.format === 'jwt') {
      // The provider leaves out a `jti` that equals the token. An application does not see them as equal.
      body.jti ??= ctx.oidc.entities.AccessToken?.jti
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
