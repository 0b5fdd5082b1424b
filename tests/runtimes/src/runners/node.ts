import { test } from 'node:test'
import { format, inspect } from 'node:util'
import * as jwt from '@backend-logout/core/jwt'
import * as receiver from '@backend-logout/receiver'
import * as revocations from '@backend-logout/revocations'
import { suite } from '../suite/suite.ts'

// Node.js has a client in addition to that of core, so the package to test is an argument.
const client = await import(process.argv[2] ?? '')
const show = (value: unknown): string =>
  inspect(value, { depth: 50, showHidden: true, getters: true }) + format('%o', value)
suite({ kind: 'node', runtime: `Node.js ${process.versions.node}`, test, client, jwt, receiver, revocations, show })
