import { expect, test } from 'vitest'
import { answer } from './testing/answer.ts'
import { codeOf } from './testing/code-of.ts'

test.each([
  'The token has not been revoked',
  "Token wasn't revoked",
  'The token has not yet been revoked',
  'The server was not able to revoke the token',
  'Nothing was revoked',
  'The token has not been revoked. It is already in use.',
  'No tokens revoked',
  'None of the tokens were revoked',
  'The user is not logged out',
  'Der Token konnte nicht widerrufen werden',
  'Token wurde nicht widerrufen',
  'Le jeton n’a pas pu être révoqué',
  'Impossible de révoquer le jeton',
  'No se pudo revocar el token',
  'Não foi possível revogar o token',
  'Impossibile revocare il token',
  'Il token non è stato revocato',
  'Kon token niet intrekken',
  'Token kunne ikke tilbakekalles',
  'Token blev ikke tilbagekaldt',
  'Kunde inte återkalla token',
  'Token återkallades inte',
  'Nie udało się unieważnić tokenu',
  'Token iptal edilemedi',
  'Не удалось отозвать токен',
  '无法撤销令牌',
  '令牌未被吊销',
  '没有撤销该令牌',
  'トークンは取り消されていません',
  '토큰을 취소할 수 없습니다',
  '토큰이 취소되지 않았습니다',
  'لا يمكن إلغاء الرمز',
  'टोकन रद्द नहीं किया जा सका',
  'ไม่สามารถเพิกถอนโทเค็น',
  'Không thể thu hồi mã',
])('a 2xx fails if it says: %s', (sentence) => {
  expect(codeOf(answer(200, sentence))).toBe('rejected')
  expect(codeOf(answer(200, { code: 0, message: sentence }))).toBe('rejected')
})

test.each([
  'Token was not found or already revoked',
  'The token is no longer valid',
  'Token not found; nothing was revoked',
  'No tokens revoked: already expired',
  'Nothing to revoke',
  'The token does not need to be revoked',
  'Token revoked. Nothing else was revoked.',
  'Do not use revoked tokens',
  'Token revoked. Tokens that have not been revoked expire soon.',
  'Non-expiring token was revoked',
  'Token wurde nicht gefunden oder bereits widerrufen',
  'Der Token konnte nicht gefunden werden',
  'Le jeton n’existe pas ou a été révoqué',
  'El token no existe o ya fue revocado',
  'No hay token que revocar',
  'Token iptal edilmiş',
  'Токен не найден или уже отозван',
  '令牌不存在或已撤销',
  '没有可撤销的令牌',
  'トークンは既に失効しています',
  '토큰을 찾을 수 없습니다',
  '이미 취소되어 사용할 수 없습니다',
  'टोकन रद्द कर दिया गया',
  'เพิกถอนโทเค็นแล้ว',
  'Mã không tồn tại hoặc đã bị thu hồi',
])('a 2xx succeeds if it says: %s', (sentence) => {
  expect(codeOf(answer(200, sentence))).toBe('ok')
  expect(codeOf(answer(200, { code: 0, message: sentence }))).toBe('ok')
})
