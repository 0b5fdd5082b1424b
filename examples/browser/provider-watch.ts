import type { ServerResponse } from 'node:http'
import type { Emulator, IssuedToken } from '@backend-logout/emulator'
import type { Outbox } from '@backend-logout/outbox'

/** The provider's treatment of revocations. */
export type ProviderMode = 'works' | 'fails' | 'hangs'

/** The content of the right half of the page. */
interface ProviderView {
  readonly mode: ProviderMode
  readonly useOutbox: boolean
  /** Logouts that wait in the outbox. */
  readonly waiting: number
  readonly tokens: readonly IssuedToken[]
}

/** Sends pages the provider's state as soon as it changes, and breaks and repairs the provider. */
export class ProviderWatch {
  readonly #provider: Emulator
  readonly #outbox: Outbox
  readonly #pages = new Set<ServerResponse>()
  readonly #timer: NodeJS.Timeout
  #mode: ProviderMode = 'works'
  #last = ''
  useOutbox = true

  constructor(provider: Emulator, outbox: Outbox) {
    this.#provider = provider
    this.#outbox = outbox
    this.#timer = setInterval(() => this.#tell().catch(() => this.close()), 250)
  }

  /** Breaks or repairs the provider. */
  setMode(mode: ProviderMode): void {
    this.#mode = mode
    this.#provider.reset()
    const busy = { status: 503, headers: { 'retry-after': '2' } }
    if (mode !== 'works')
      this.#provider.answerAlways({ endpoint: 'revocation', ...(mode === 'hangs' ? { hang: true } : busy) })
  }

  /** Keeps a page up to date, by server-sent events. */
  follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#pages.add(response)
    response.on('close', () => this.#pages.delete(response))
    this.#last = ''
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #tell(): Promise<void> {
    if (!this.#pages.size) return
    const { pending, active } = await this.#outbox.stats()
    const view: ProviderView = {
      mode: this.#mode,
      useOutbox: this.useOutbox,
      waiting: pending + active,
      tokens: this.#provider.tokens().slice(-8).reverse(),
    }
    const text = JSON.stringify(view)
    if (text === this.#last) return
    this.#last = text
    for (const page of this.#pages) page.write(`data: ${text}\n\n`)
  }
}
