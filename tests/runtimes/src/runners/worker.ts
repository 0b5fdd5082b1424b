import * as client from '@backend-logout/core'
import * as jwt from '@backend-logout/core/jwt'
import * as receiver from '@backend-logout/receiver'
import * as revocations from '@backend-logout/revocations'
import { suite } from '../suite/suite.ts'
import { inTurn } from './in-turn.ts'

// biome-ignore lint/style/noDefaultExport: a worker is one
export default {
  async fetch(): Promise<Response> {
    const failed = await inTurn((test) =>
      suite({ kind: 'workerd', runtime: navigator.userAgent, test, client, jwt, receiver, revocations, show: String }),
    )
    return Response.json({ failed })
  },
}
