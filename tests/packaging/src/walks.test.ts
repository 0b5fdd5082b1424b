import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Browser } from '../../frameworks/src/browser.ts'
import { NextApplication, signInRoute } from './next-application.ts'
import { readSteps, type Step } from './steps.ts'
import { type Walk, walk, warmNpx } from './walk.ts'

let provider: Emulator
beforeAll(async () => {
  ;[provider] = await Promise.all([startEmulator(), warmNpx()])
})
afterAll(() => provider[Symbol.asyncDispose]())

/**
 * Walkthroughs with npm that only `npm run test:long` runs: other tests run the same programs, and installing takes
 * long.
 */
const LONG = process.env.LONG ? ['Node.js'] : []
/** The generators for TypeScript: tests/generators runs them with the packages of this workspace. */
const GENERATORS = process.env.LONG
  ? ['@hey-api/openapi-ts', 'oazapfts', 'orval', 'swagger-typescript-api', 'kubb']
  : []

/** The settings that pages tell their readers to use. */
const settings = (): Record<string, string> => ({
  AUTHING_APP_ID: provider.app.appId,
  AUTHING_APP_SECRET: provider.app.appSecret ?? '',
  AUTHING_APP_HOST: provider.appHost,
})

/** All output that a page announces is printed. */
function expectAnnounced({ outputs }: Walk): void {
  expect(outputs.length).toBeGreaterThan(0)
  for (const { command, printed, announced } of outputs)
    expect(printed.slice(-announced.length), command).toEqual(announced)
}

/** Signs a user in through the pages of an application, and logs the user out there. */
async function useApplication({ origin }: Walk): Promise<void> {
  const browser = new Browser()
  const login = await browser.open(new URL('/login', origin))
  const home = await browser.submit(login, { login: 'alice' })
  expect(home.text).toContain('Log out')
  const goodbye = await browser.submit(home)
  expect([goodbye.url.href, goodbye.text]).toEqual([
    `${origin}/goodbye`,
    expect.stringContaining('You are logged out.'),
  ])
}

describe.concurrent('a newcomer who types the commands and saves the files of a page', () => {
  test('gets through the first five minutes of the README', async () => {
    await using at = await walk(readSteps('README.md', ['## Get started in five minutes']))
    expectAnnounced(at)
  })

  test.each(LONG)('gets through the quick start for %s', async () => {
    const headings = ['## 1. Install', '## 2. Revoke a token', '## 3. Log out of a session', '## 4. Use your provider']
    await using at = await walk(readSteps('docs/guides/quick-start-node.md', headings), { settings: settings() })
    expect(at.outputs).toHaveLength(2)
    expectAnnounced(at)
  })

  test('gets through the quick start for Bun', async () => {
    await using at = await walk(readSteps('docs/guides/quick-start-bun-and-workers.md', ['## Bun']))
    expectAnnounced(at)
  })

  test('gets through the quick start for Deno', async () => {
    const { accessToken } = await provider.signIn('alice')
    const steps = readSteps('docs/guides/quick-start-deno.md', ['## 1. Try it', '## 2. Use your provider'])
    await using at = await walk(steps, { settings: settings(), token: accessToken })
    expect(at.outputs).toHaveLength(2)
    expectAnnounced(at)
    expect(await provider.isActive(accessToken)).toBe(false)
  })

  test('gets through the quick start for a page and its backend', async () => {
    await using at = await walk(readSteps('docs/guides/quick-start-browser.md'), { settings: settings() })
    expectAnnounced(at)
  })

  test('has an Express application that logs users out', async () => {
    await using at = await walk(readSteps('docs/guides/express.md'))
    await useApplication(at)
  })

  test.each([...LONG, 'Deno', 'Bun'])('has a Hono application on %s that logs users out', async (runtime) => {
    const headings = [
      '## Write the application',
      '## Keep sessions, and sign users in',
      '## Start it',
      `### ${runtime}`,
    ]
    await using at = await walk(readSteps('docs/guides/hono.md', headings))
    await useApplication(at)
  })

  test.each(GENERATORS)(
    'has a client that %s generates, which revokes a token',
    async (generator) => {
      const headings = ['### Prepare a folder for generators', `### ${generator}`]
      await using at = await walk(readSteps('docs/guides/regenerating-clients.md', headings))
      const response = await fetch(new URL('/emulator/tokens', at.appHost))
      const tokens = (await response.json()) as readonly { readonly active: boolean }[]
      expect(tokens.map(({ active }) => active).sort()).toEqual([false, ...Array(9).fill(true)])
    },
    300_000,
  )

  test.each(process.env.LONG ? ['create-next-app'] : [])(
    'has a Next.js application, made by %s, that logs users out in three ways',
    async () => {
      const steps = readSteps('docs/guides/next.md')
      const build = steps.findIndex((step) => 'command' in step && step.command.includes('npm run build'))
      const all: Step[] = steps.toSpliced(build, 0, signInRoute())
      await using at = await walk(all, { settings: { ALLOW_TEST_SIGN_IN: 'yes' } })
      const application = new NextApplication(at)
      await application.signInWithNextAuth('alice')
      expect(await application.activeTokensOf('alice')).toBe(2)
      await application.signOutOfNextAuth()
      expect(await application.activeTokensOf('alice')).toBe(0)

      const bob = await application.signIn('bob')
      expect(await application.fetchLogout(bob)).toEqual({ status: 'logged_out', logout_url: expect.any(String) })
      expect(await application.activeTokensOf('bob')).toBe(0)

      const carol = await application.signIn('carol')
      expect(await application.activeTokensOf('carol')).toBe(2)
      const end = await application.submitServerAction(carol)
      expect(end.searchParams.get('post_logout_redirect_uri')).toBe(`${at.origin}/goodbye`)
      expect(await application.activeTokensOf('carol')).toBe(0)
    },
    900_000,
  )
})
