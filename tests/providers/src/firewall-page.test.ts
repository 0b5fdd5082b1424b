import { expect, test } from 'vitest'
import { describeBehavior, everywhere } from './behavior.ts'
import { type Answer, startStandIn } from './stand-in.ts'
import { byCommandLine, environmentOf } from './surfaces.ts'

const challenge = '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>'

const answers: Readonly<Record<string, Answer>> = {
  "Cloudflare's challenge": { status: 403, headers: { 'cf-mitigated': 'challenge' }, body: challenge },
  "Cloudflare's text": { status: 403, headers: { 'content-type': 'text/plain' }, body: 'error code: 1020' },
  "Amazon's challenge, with nothing in it": { status: 202, headers: { 'x-amzn-waf-action': 'challenge' } },
  "Amazon's captcha": { status: 405, headers: { 'x-amzn-waf-action': 'captcha' }, body: challenge },
  "DataDome's JSON": { status: 403, body: { url: 'https://geo.captcha-delivery.com/captcha/?cid=x' } },
  "DataDome's JSON under 200": { status: 200, body: { url: 'https://geo.captcha-delivery.com/captcha/?cid=x' } },
  "Imperva's page under 200": { status: 200, body: '<html><iframe>Request unsuccessful. Incapsula</iframe></html>' },
  "Akamai's page as JSON": {
    status: 403,
    headers: { 'content-type': 'application/json' },
    body: '<HTML><TITLE>Access Denied</TITLE></HTML>',
  },
  "ModSecurity's text": { status: 406, body: 'Not Acceptable!' },
  'a captive portal': { status: 511, body: '<html>Please sign in to this network.</html>' },
  'a portal that answers 200': { status: 200, body: '<html>Please sign in to this network.</html>' },
}

describeBehavior('firewall-page', () => {
  for (const [title, answer] of Object.entries(answers)) {
    everywhere(title, answer, { state: 'live', code: 'unexpected_response', requests: 1, exitCode: 3 })
  }

  test.each(Object.entries(answers))('a bulk run stops after a few: %s', async (_title, answer) => {
    await using provider = await startStandIn({ '/token/revocation': answer })
    const tokens = Array.from({ length: 300 }, (_, index) => `token-${index}-of-a-firewall`)
    const { code, stderr } = await byCommandLine(tokens, environmentOf(provider), ['--concurrency', '4'])
    expect(code, stderr).toBe(3)
    expect(provider.received.length).toBeLessThan(40)
  })
})
