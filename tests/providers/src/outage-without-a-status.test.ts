import { describeBehavior, everywhere } from './behavior.ts'

describeBehavior('outage-without-a-status', () => {
  everywhere(
    "Slack's service_unavailable inside a 200, then success",
    ({ earlier }) => (earlier === 0 ? { body: { ok: false, error: 'service_unavailable' } } : { body: { ok: true } }),
    { state: 'accepted', requests: 2, outbox: 'retry' },
  )
  everywhere(
    'WeChat, as long as its system is busy',
    { body: { errcode: -1, errmsg: '系统繁忙，此时请开发者稍候再试' } },
    { state: 'live', code: 'provider_unavailable', requests: 2 },
  )
  everywhere(
    'a gateway, as long as it throttles in words inside a 200',
    { body: 'Too Many Requests' },
    { state: 'live', code: 'rate_limited', requests: 2 },
  )
  everywhere(
    'Feishu, as long as it throttles in the body of a 400',
    { status: 400, body: { code: 99991400, msg: 'request trigger frequency limit' } },
    { state: 'live', code: 'rate_limited', requests: 2 },
  )
})
