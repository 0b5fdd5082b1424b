import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('reason-in-other-members', () => {
  everywhere(
    'Okta',
    { status: 400, body: { errorCode: 'E0000011', errorSummary: 'Invalid token provided' } },
    { state: 'live', code: 'rejected', reason: 'Invalid token provided', outbox: 'dead' },
  )
  everywhere(
    'Twitch, where the client does not exist',
    { status: 404, body: { status: 404, message: 'client does not exist' } },
    { state: 'live', code: 'rejected', reason: 'client does not exist' },
  )
})
