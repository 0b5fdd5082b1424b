import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('not-found-while-restarting', () => {
  everywhere(
    "an ingress' default backend",
    { status: 404, body: 'default backend - 404' },
    { state: 'live', code: 'unexpected_response', page: 'queued', outbox: 'retry', exitCode: 3 },
  )
  for (const status of [404, 405]) {
    everywhere(
      `${status} without a word`,
      { status },
      { state: 'live', code: 'endpoint_missing', page: 'queued', outbox: 'retry', exitCode: 3 },
    )
  }
})
