import { createBackChannelHandler, createLogoutTokenVerifier, type SessionIndex } from '@backend-logout/receiver'

/** The settings of a server. */
export interface Places {
  readonly ISSUER: string
  /** Receives each session that ends: the test keeps them. */
  readonly ENDED: string
}

/** A receiver of an application in which each user has one session, named after the user. */
export function createReceiver({ ISSUER, ENDED }: Places): (request: Request) => Promise<Response> {
  const sessions: SessionIndex = {
    find: ({ sub }) => (sub === undefined ? [] : [sub]),
    async end(id) {
      const answer = await fetch(`${ENDED}/${encodeURIComponent(id)}`, { method: 'POST' })
      await answer.arrayBuffer()
    },
  }
  const verifier = createLogoutTokenVerifier({ issuer: ISSUER, clientId: 'app' })
  return createBackChannelHandler({ verifier, sessions })
}
