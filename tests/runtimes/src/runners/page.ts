import * as client from '@backend-logout/core'
import * as jwt from '@backend-logout/core/jwt'
import * as receiver from '@backend-logout/receiver'
import * as revocations from '@backend-logout/revocations'
import { suite } from '../suite/suite.ts'
import { inTurn } from './in-turn.ts'

const failed = await inTurn((test) =>
  suite({ kind: 'browser', runtime: navigator.userAgent, test, client, jwt, receiver, revocations, show: String }),
)
document.title = `${failed} failed`
