import type { BulkToken } from '@backend-logout/node'
import type { TokenRow } from '../input/row.ts'

/** Passes rows to a bulk run of one client, and finds them again by the index of their outcome. */
export class ClientFeed implements AsyncIterableIterator<BulkToken, undefined> {
  readonly #rows: AsyncIterator<TokenRow, undefined>
  readonly #onTheWay = new Map<number, TokenRow>()
  readonly #isOver: () => boolean
  #given = 0

  /** @param isOver True once no more rows may be passed on, even if they have been read. */
  constructor(rows: AsyncIterator<TokenRow, undefined>, isOver: () => boolean) {
    this.#rows = rows
    this.#isOver = isOver
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<BulkToken, undefined>> {
    const { done, value: row } = await this.#rows.next()
    if (done || this.#isOver()) return { done: true, value: undefined }
    this.#onTheWay.set(this.#given++, row)
    const { token, hint, wasActive } = row
    const isPlain = hint === undefined && !wasActive
    return { done: false, value: isPlain ? token : { token, tokenTypeHint: hint, wasActive } }
  }

  /** The row whose token has this index; to be called once, when its outcome is known. */
  settle(index: number | undefined): TokenRow {
    const row = index === undefined ? undefined : this.#onTheWay.get(index)
    if (index === undefined || !row) throw new Error(`No row has index ${index}.`)
    this.#onTheWay.delete(index)
    return row
  }
}
