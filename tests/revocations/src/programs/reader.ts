/** Follows a feed. Arguments: its address, and `maxStalenessMs`. */
import { followRevocations, revocationFeed } from '@backend-logout/revocations'
import { offer } from '@backend-logout/tests-outbox/remote'
import { token } from '../scene.ts'

const [url = '', maxStalenessMs] = process.argv.slice(2)
const list = followRevocations({ source: revocationFeed(url), maxStalenessMs: Number(maxStalenessMs) })

export const functions = {
  ready: () => list.ready.then(() => true),
  /** The tokens that are not refused. */
  notRefused: (names: readonly number[]) => names.filter((name) => list.check(token(`t${name}`)) !== 'revoked'),
  /** The verdict for a token that nobody revoked. */
  verdict: () => list.check(token('nobody')),
}

offer(functions)
