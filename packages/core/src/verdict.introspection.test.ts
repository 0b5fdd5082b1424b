import { expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { NOW } from './testing/code-of.ts'
import { judgeIntrospection } from './verdict.ts'

test.each([
  { error: 'none' },
  { error_description: 'The token has expired.' },
  { message: 'Token not found or already revoked' },
  { reason: 'token_expired' },
  { code: 'TOKEN_NOT_FOUND' },
  { status: 'INVALID' },
  { status: 'inactive', exp: 1_732_665_600 },
  { revoked: false },
])('inactive is proof beside words about the token: %j', (more) => {
  expect(judgeIntrospection(answer(200, { active: false, ...more }), NOW)).toMatchObject({ ok: true })
})

test.each([
  { message: 'The token could not be found: database error' },
  { error: 'invalid_client' },
  { success: false },
  { error: { code: 'server_error' } },
])('inactive is no proof beside words about anything else: %j', (more) => {
  expect(judgeIntrospection(answer(200, { active: false, ...more }), NOW)).toMatchObject({ ok: false })
})

test.each([{ status: 'error' }, { code: 500 }, { type: 'no' }])('an active token can have the claims %j', (more) => {
  expect(judgeIntrospection(answer(200, { active: true, ...more }), NOW)).toMatchObject({ ok: true })
})
