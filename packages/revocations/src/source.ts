import type { components } from './generated/revocation-feed.ts'

/** Some entries, and the cursor to continue with, as `specs/revocation-feed.openapi.yaml`. */
export type RevocationPage = components['schemas']['RevocationPage']

/** Request of a reader to a {@link RevocationSource}. */
export interface ReadRequest {
  /** The `cursor` of the last page. Without it, the first page of a snapshot is read. */
  readonly after?: string | undefined
  /** Wait for a new entry, in milliseconds. A source may respond earlier. */
  readonly waitMs: number
  /** Aborts when the reader stops waiting. */
  readonly signal: AbortSignal
}

/**
 * Source of a list's entries: {@link revocationFeed}, a log in the same process, or your own.
 *
 * A page must include everything that was stored before the request. All data of a source are checked.
 */
export interface RevocationSource {
  /**
   * Reads a page.
   *
   * @throws RevocationError `cursor_gone` if only a snapshot helps; after any other error, the list retries later
   */
  read(request: ReadRequest): Promise<RevocationPage>
}
