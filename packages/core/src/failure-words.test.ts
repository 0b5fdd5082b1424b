import { expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf } from './testing/code-of.ts'

test.each([
  ['Too Many Requests', 'rate_limited'],
  ['Rate limit exceeded', 'rate_limited'],
  ['Slow down', 'rate_limited'],
  ['请求过于频繁，请稍后再试', 'rate_limited'],
  ['Please try again later', 'provider_unavailable'],
  ['系统繁忙，请稍后再试', 'provider_unavailable'],
  ['502 Bad Gateway', 'provider_unavailable'],
  ['504 Gateway Time-out', 'provider_unavailable'],
  ['no healthy upstream', 'provider_unavailable'],
  ['404 page not found', 'unexpected_response'],
  ['default backend - 404', 'unexpected_response'],
  ['HTTP/1.1 403 Forbidden', 'unexpected_response'],
  ['Request blocked', 'unexpected_response'],
  ['Login required', 'unexpected_response'],
  ['Please sign in', 'unexpected_response'],
  ['You must be logged in', 'unexpected_response'],
  ['Invalid token', 'rejected'],
  ['Invalid client secret', 'rejected'],
  ['Invalid request', 'rejected'],
  ['Missing parameter: token', 'rejected'],
  ['The token is missing', 'rejected'],
  ['Unknown client', 'rejected'],
  ['No such client', 'rejected'],
  ['client not found', 'rejected'],
  ['The application does not exist', 'rejected'],
  ['Access to this resource is restricted', 'rejected'],
  ['Operation timed out', 'rejected'],
  ['Accès refusé', 'rejected'],
  ['Zugriff verweigert', 'rejected'],
  ['Acceso denegado', 'rejected'],
  ['Accesso negato', 'rejected'],
  ['アクセスが拒否されました', 'rejected'],
  ['トークンを取り消せませんでした', 'rejected'],
  ['无效的客户端', 'rejected'],
  ['未找到该应用', 'rejected'],
  ['没有权限', 'rejected'],
  ['参数缺失', 'rejected'],
  ['撤销不成功', 'rejected'],
  ['0 revoked, 1 failed', 'rejected'],
  ['0 of 1 revoked, 1 failed', 'rejected'],
  ['2 tokens revoked, 1 failed', 'rejected'],
  ['Revoked: 0, failed: 1', 'rejected'],
  ['No tokens revoked: failed', 'rejected'],
  ['No: an error occurred', 'rejected'],
  ['If the error persists, contact support', 'rejected'],
  ['Access token revoked, but the refresh token could not be revoked', 'rejected'],
  ['If your token is valid, it would be revoked. Denied.', 'rejected'],
  ['Token revocation denied, token not revoked', 'rejected'],
  [`${'The request of the application was read. '.repeat(20)}It failed.`, 'rejected'],
  ['client_id is required', 'rejected'],
  ['Access token required', 'rejected'],
  ['Wrong client secret', 'rejected'],
  ['Client not registered', 'rejected'],
  ['Client is disabled', 'rejected'],
  ['No API key found in request', 'rejected'],
  ['Unknown token type', 'rejected'],
  ['Token was issued to another client', 'rejected'],
  ['The token does not belong to this client', 'rejected'],
  ['Revocation is disabled', 'rejected'],
  ['Only refresh tokens can be revoked', 'rejected'],
  ["JWT tokens can't be revoked", 'rejected'],
  ['没有成功，请求被拒绝', 'rejected'],
  ['应用已被禁用', 'rejected'],
  ['リクエストが無効です', 'rejected'],
  ['권한이 없습니다', 'rejected'],
  ['Доступ запрещён', 'rejected'],
  ['Ungültiger Client', 'rejected'],
  ['Cliente inválido', 'rejected'],
  ['Requête invalide', 'rejected'],
  ['Request timeout', 'provider_unavailable'],
  ['upstream request timeout', 'provider_unavailable'],
  ['context deadline exceeded', 'provider_unavailable'],
  ['Please retry later', 'provider_unavailable'],
  ['no Route matched with those values', 'unexpected_response'],
])('a 2xx fails if it says: %s', (sentence, code) => {
  expect(codeOf(answer(200, sentence))).toBe(code)
  expect(codeOf(answer(200, { message: sentence }))).toBe(code)
})

test.each([
  'Token revoked',
  'Token not found, nothing to do',
  'Access token not found or already revoked',
  'The token was already invalid',
  'The token is now invalid',
  'Token expired',
  'Token has been blocked',
  'Not needed: the token is not active',
  'No Content',
  'No active session',
  'No further action required',
  'You have been logged out. Please sign in again.',
  'If the token existed, it has been revoked; unknown tokens are ignored without error',
  'All tokens of the client were revoked',
  '404 tokens revoked',
  '200 OK',
  'Sesión cerrada',
  'Accès révoqué',
  'Token widerrufen',
  '令牌已失效',
  '撤销成功，无异常',
  '注销成功，请重新登录',
  'ログアウトしました',
  'Unknown token',
  'Token is missing or was already revoked',
  'Token could not be found (already revoked)',
  'The token did not exist',
  'All tokens of the client are disabled',
  'Token revoked and cannot be used again',
  'Token revoked. It will be refused from now on.',
  'Token revoked. If an error occurs later, contact support.',
  'Access has been revoked; further requests will be denied',
  'You have been logged out. Login required for further access.',
  'Token widerrufen. Zugriff wird ab jetzt verweigert.',
  '无效令牌，已忽略',
  '撤销成功，该令牌后续请求将被拒绝',
  'Revoked: 1, failed: 0',
  'revoked: 1\nerrors: 0',
  'error: none',
  '543 revoked',
  '450 records deleted',
  '0 of 3 tokens failed',
  'Keine Fehler',
  'Aucune erreur',
  'Sin error',
  'Nessun errore',
  'エラーはありません',
  '오류 없음',
])('a 2xx succeeds if it says: %s', (sentence) => {
  expect(codeOf(answer(200, sentence))).toBe('ok')
  expect(codeOf(answer(200, { message: sentence }))).toBe('ok')
})

test('of a body, a thousand values are read', () => {
  const values = (count: number): string[] => Array(count).fill('a')
  expect(codeOf(answer(200, [...values(900), 'no']))).toBe('rejected')
  expect(codeOf(answer(200, [...values(1_100), 'no']))).toBe('ok')
  const members = (count: number): object => Object.fromEntries(values(count).map((value, n) => [`m${n}`, value]))
  expect(codeOf(answer(400, { ...members(900), error: 'invalid_client' }))).toBe('client_auth_failed')
  expect(codeOf(answer(400, { ...members(1_100), error: 'invalid_client' }))).toBe('rejected')
})

test('a sentence is read in time proportional to its length', () => {
  const start = process.cpuUsage()
  for (const part of ['a', '/', 'client ', 'invalid a ', 'no ', 'not a ', 'http 4', '请求', 'e0', 'a: ', '\n']) {
    const text = part.repeat(60_000 / part.length)
    codeOf(answer(200, text))
    codeOf(answer(404, { error: 'x_y', message: text }))
  }
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000)
})
