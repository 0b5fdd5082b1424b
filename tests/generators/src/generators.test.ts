import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareWalk, readWalk, runStep } from './guide.ts'

const root = join(import.meta.dirname, '..')
// Inside the package, so that the generated code finds the packages that it imports.
const generated = join(root, '.generated')
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

let provider: Emulator
beforeAll(async () => {
  rmSync(generated, { recursive: true, force: true })
  provider = await startEmulator({ accessTokenFormat: 'opaque' })
})
afterAll(async () => {
  await provider.close()
  rmSync(generated, { recursive: true, force: true })
})

const NAMES = ['@hey-api/openapi-ts', 'oazapfts', 'orval', 'swagger-typescript-api', 'kubb']

describe.each(NAMES)('the section of the guide about %s', (name) => {
  test.each(['3.1', '3.0'] as const)(
    'generates a client from the contract in OpenAPI %s that revokes',
    async (edition) => {
      const walk = readWalk(name)
      const folder = join(generated, edition, name)
      const [token] = (await provider.issueTokens(1)) as [string]
      prepareWalk(walk, folder, token, edition)
      expect(walk.installs.length).toBeGreaterThan(0)
      expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining([...walk.installs]))
      for (const command of walk.generate) await runStep(command, folder, provider)
      // The caller can see an error inside a 200.
      provider.answerNext({ envelopeError: { statusCode: 403, message: 'no' } })
      expect(await runStep(walk.call, folder, provider)).toMatch(/"?statusCode"?: ?403/)
      expect(await provider.isActive(token)).toBe(true)
      expect((await runStep(walk.call, folder, provider)).trim()).toMatch(/^(?:undefined|\{\})?$/)
      expect(await provider.isActive(token)).toBe(false)
    },
  )
})
