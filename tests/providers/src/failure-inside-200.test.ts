import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('failure-inside-200', () => {
  for (const body of [{ revoked: 'false' }, [{ error: 'invalid_request' }]]) {
    everywhere(JSON.stringify(body), { body }, { state: 'live', code: 'rejected', outbox: 'dead' })
  }
})
