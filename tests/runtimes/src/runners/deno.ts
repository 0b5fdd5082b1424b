import * as jwt from '@backend-logout/core/jwt'
import * as client from '@backend-logout/deno'
import * as receiver from '@backend-logout/receiver'
import * as revocations from '@backend-logout/revocations'
import { suite } from '../suite/suite.ts'

// Deno checks that no case leaves a timer, a request or a body behind.
const test = (name: string, fn: () => Promise<void>): void =>
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true })
const show = (value: unknown): string => Deno.inspect(value, { depth: 50, showHidden: true, getters: true })
suite({ kind: 'deno', runtime: `Deno ${Deno.version.deno}`, test, client, jwt, receiver, revocations, show })
