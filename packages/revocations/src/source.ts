import type { components } from './generated/revocation-feed.ts'

/** Some entries, and where to go on, as `specs/revocation-feed.openapi.yaml` has it. */
export type RevocationPage = components['schemas']['RevocationPage']

/** What a reader asks of a {@link RevocationSource}. */
export interface ReadRequest {
  /** The `cursor` of the last page. Without it, the first page of a snapshot is read. */
  readonly after?: string | undefined
  /** How long to wait for something new, in milliseconds. A source may answer earlier. */
  readonly waitMs: number
  /** Aborts when the reader gives up. */
  readonly signal: AbortSignal
}

/**
 * Where a list gets its entries: {@link revocationFeed}, a log in the same process, or one of your own.
 *
 * A page must include everything that was stored before it was asked for. Whatever comes from a source is checked.
 */
export interface RevocationSource {
  /**
   * Reads a page.
   *
   * @throws RevocationError `cursor_gone` where only a snapshot helps; anything else makes the list try again later
   */
  read(request: ReadRequest): Promise<RevocationPage>
}
