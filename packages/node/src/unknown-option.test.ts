import { isLogoutError } from '@backend-logout/core'
import { expect, test } from 'vitest'
import { createLogoutClient, createLogoutClientFromEnv } from './index.ts'

const valid = { appId: 'app', appSecret: 'secret', appHost: 'https://example.genauth.ai' }

test.each<[name: string, call: (options: object) => unknown, option: string, near: string]>([
  ['createLogoutClient', (options) => createLogoutClient({ ...valid, ...options }), 'tiemout', 'use timeoutMs'],
  [
    'createLogoutClientFromEnv',
    (options) => createLogoutClientFromEnv({ ...valid, ...options }, {}).appId,
    'tiemout',
    'use timeoutMs',
  ],
  ['tls', (options) => createLogoutClient({ ...valid, tls: { ...options } }), 'tls.severname', 'use servername'],
  ['tls', (options) => createLogoutClient({ ...valid, tls: { ...options } }), 'tls.caCerts', 'use ca'],
])('%s refuses an option that does not exist', (_name, call, option, near) => {
  let thrown: unknown
  try {
    call({ [option.replace('tls.', '')]: 1 })
  } catch (error) {
    thrown = error
  }
  expect(thrown).toSatisfy(isLogoutError)
  expect(thrown).toMatchObject({ code: 'invalid_options', option, message: expect.stringContaining(near) })
})
