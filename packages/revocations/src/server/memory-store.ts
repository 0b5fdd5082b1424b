import type { RevocationEntry } from '../entry.ts'
import { RevocationError } from '../errors.ts'
import { countThatFit } from './page-size.ts'
import { KEPT_BEYOND_END_S, type LogStore, type StorePage } from './store.ts'

/** Keeps entries in the memory of this process. */
export class MemoryStore implements LogStore {
  readonly appends = 1
  readonly pollMs = undefined
  /** Cursors of this log are invalid for any other log. */
  readonly #history = crypto.randomUUID().slice(0, 8)
  readonly #pageEntries: number
  #rows: { readonly id: number; readonly entry: RevocationEntry }[] = []
  #lastId = 0

  constructor(pageEntries: number) {
    this.#pageEntries = pageEntries
  }

  async append(entries: readonly RevocationEntry[]): Promise<void> {
    for (const entry of entries) this.#rows.push({ id: ++this.#lastId, entry })
  }

  async read(after: string | undefined): Promise<StorePage> {
    const from = this.#idOf(after)
    const start = this.#indexAfter(from)
    const found = this.#rows.slice(start, start + this.#pageEntries)
    const rows = found.slice(0, countThatFit(found.map(({ entry }) => entry)))
    const last = rows.at(-1)?.id ?? from
    const more = last < (this.#rows.at(-1)?.id ?? 0)
    const head = this.#cursorOf(this.#lastId)
    const cursor = more ? this.#cursorOf(last) : head
    return { page: { entries: rows.map(({ entry }) => entry), cursor, as_of: Date.now() / 1000, more }, head }
  }

  async prune(): Promise<number> {
    const end = Date.now() / 1000 - KEPT_BEYOND_END_S
    const before = this.#rows.length
    this.#rows = this.#rows.filter(({ entry }) => entry.until >= end)
    return before - this.#rows.length
  }

  onHint(): void {}

  async close(): Promise<void> {}

  /** The index of the first row with a later id. */
  #indexAfter(id: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.id ?? 0) > id) high = middle
      else low = middle + 1
    }
    return low
  }

  #cursorOf(id: number): string {
    return `${this.#history}.${id.toString(36)}`
  }

  #idOf(cursor: string | undefined): number {
    if (cursor === undefined) return 0
    const [history, id = ''] = cursor.split('.')
    const number = Number.parseInt(id, 36)
    if (history === this.#history && number >= 0 && number <= this.#lastId) return number
    throw new RevocationError('cursor_gone', 'This cursor does not belong to this log.')
  }
}
