import { equal, ok, rejection } from './assert.ts'
import { answerNext, freshProvider } from './desk.ts'
import type { Cases } from './host.ts'

const TOKEN = 'canary-token-5c2f9e0a7b41'
const SECRET = 'canary-secret-91d3b6f08e27'

/** Everything that can be reached from a value, as text: hidden properties, symbols and stacks included. */
function reachable(value: unknown, seen: Set<unknown> = new Set()): string {
  if (typeof value === 'symbol') return String(value)
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return `${value}\n`
  if (seen.has(value)) return ''
  seen.add(value)
  const inside = value instanceof Map || value instanceof Set || value instanceof Headers ? [...value] : []
  const properties = Reflect.ownKeys(value).map((key) => {
    const own = Object.getOwnPropertyDescriptor(value, key)
    return `${String(key)}: ${own && 'value' in own ? reachable(own.value, seen) : ''}`
  })
  return [...properties, ...inside.map((one) => reachable(one, seen))].join('\n')
}

/** Checks that nothing shows a secret. */
export function secretsCases({ test, show, client: { createLogoutClient } }: Cases): void {
  const failures: Record<string, [answer: object, code: string]> = {
    'a refusal that quotes them': [
      { status: 400, body: { error: 'invalid_request', error_description: `no ${TOKEN} for ${SECRET}` } },
      'rejected',
    ],
    'a page that quotes them': [
      { body: `<p>${TOKEN} ${SECRET}`, headers: { 'content-type': 'text/html' } },
      'unexpected_response',
    ],
    'a redirect with them': [
      { status: 307, headers: { location: `/x?token=${TOKEN}&s=${SECRET}` } },
      'redirect_refused',
    ],
    'a broken connection': [{ drop: true, times: 50 }, 'network'],
    'a timeout': [{ hang: true }, 'timeout'],
  }
  for (const [what, [answer, code]] of Object.entries(failures)) {
    test(`neither token nor secret appears after ${what}`, async () => {
      const { appHost, apps } = await freshProvider()
      await answerNext(answer)
      const events: unknown[] = []
      const { appId } = apps.post
      const onEvent = (event: unknown) => events.push(event)
      const timeoutMs = code === 'timeout' ? 300 : 10_000
      const client = createLogoutClient({ appId, appSecret: SECRET, appHost, timeoutMs, retries: 0, onEvent })
      const error = (await rejection(client.revokeToken(TOKEN))) as Error & { code: string }
      equal(error.code, code)
      const everything = { client, error, events, cause: error.cause }
      const shown = [everything, error, error.cause].flatMap((value) => [
        reachable(value),
        show(value),
        String(value),
        JSON.stringify(value),
      ])
      shown.push(`${error.stack}`, error.message)
      ok(shown.join('\n').includes(error.message), 'the error itself is not shown')
      for (const secret of ['canary-token', 'canary-secret']) {
        ok(!shown.join('\n').includes(secret), `${secret} shows in: ${shown.find((text) => text?.includes(secret))}`)
      }
    })
  }
}
