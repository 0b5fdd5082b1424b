import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('throttled-without-429', () => {
  everywhere(
    '403 with Retry-After, then success',
    ({ earlier }) => (earlier === 0 ? { status: 403, headers: { 'retry-after': '1' } } : {}),
    { state: 'accepted', requests: 2, outbox: 'retry' },
  )
})
