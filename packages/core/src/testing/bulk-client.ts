import { createLogoutClient } from '../client.ts'
import type { Revocation } from '../revocation.ts'
import type { LoopbackServer } from './loopback-server.ts'

/** All revocations of a run, in the order of its source. */
export async function all(revocations: AsyncIterable<Revocation>): Promise<Revocation[]> {
  const found: Revocation[] = []
  for await (const revocation of revocations) found.push(revocation)
  return found.sort((a, b) => (a.index ?? 0) - (b.index ?? 0))
}

/** A client of a server that only revokes, without retries. */
export const clientOf = ({ origin }: LoopbackServer) =>
  createLogoutClient({ appId: 'app', endpoints: { revocation: origin }, retries: 0 })
