import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('throttled-without-429', () => {
  everywhere(
    '403 with Retry-After, then success',
    ({ earlier }) => (earlier === 0 ? { status: 403, headers: { 'retry-after': '1' } } : {}),
    { state: 'accepted', requests: 2, outbox: 'retry' },
  )
  everywhere(
    '403 that states throttling and the wait in its body',
    ({ earlier, sinceLastMs }) => {
      if (earlier === 0) return { status: 403, body: { message: 'API rate limit exceeded', retry_after: 1 } }
      return sinceLastMs >= 900 ? {} : { status: 400, body: { error: 'too_early' } }
    },
    { state: 'accepted', requests: 2 },
  )
})
