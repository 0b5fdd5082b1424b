import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('failure-inside-200', () => {
  for (const body of [{ revoked: 'false' }, [{ error: 'invalid_request' }]]) {
    everywhere(JSON.stringify(body), { body }, { state: 'live', code: 'rejected', outbox: 'dead' })
  }
  for (const body of [
    { revocation_status: 'FAILED' },
    { hasError: true },
    { code: 'A0230', msg: '撤销失败' },
    'callback( {"error":100016,"error_description":"refused"} );',
    'Sorry, the token could not be revoked.',
    'success=false',
  ]) {
    everywhere(JSON.stringify(body), { body }, { state: 'live', code: 'rejected' })
  }
  for (const body of [{ code: 0, msg: '成功' }, { errors: [], hasError: false }, 'Token revoked, no errors.']) {
    everywhere(`no failure in ${JSON.stringify(body)}`, { body }, { state: 'accepted' })
  }
})
