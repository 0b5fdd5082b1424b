import { test } from 'bun:test'
import * as client from '@backend-logout/core'
import * as jwt from '@backend-logout/core/jwt'
import * as receiver from '@backend-logout/receiver'
import * as revocations from '@backend-logout/revocations'
import { suite } from '../suite/suite.ts'

const show = (value: unknown): string => Bun.inspect(value, { depth: 50 })
suite({ kind: 'bun', runtime: `Bun ${Bun.version}`, test, client, jwt, receiver, revocations, show })
