import { followRevocations, type RevocationList, revocationFeed } from '@backend-logout/revocations'

/**
 * The copy of the revocation list that this process checks. It is complete within moments; until then, it is `stale`.
 */
export const list: RevocationList = followRevocations({
  source: revocationFeed(process.env.FEED_URL ?? 'http://127.0.0.1:4000/revocations', {
    authorization: `Bearer ${process.env.FEED_SECRET}`,
  }),
  maxStalenessMs: Number(process.env.MAX_STALENESS_MS ?? 60_000),
})
