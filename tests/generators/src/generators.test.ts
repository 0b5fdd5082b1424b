import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { resolve } = createRequire(import.meta.url)
const root = join(import.meta.dirname, '..')
// Inside of the package, so that what is generated finds what it imports.
const generated = join(root, '.generated')
/** A folder of its own for each client: a module that was imported once is not imported again. */
let folder = generated
const SPECS = {
  '3.1': resolve('@backend-logout/core/specs/provider.openapi.yaml'),
  '3.0': resolve('@backend-logout/core/specs/provider.openapi-3.0.yaml'),
}

let provider: Emulator
let base: string
beforeAll(async () => {
  rmSync(generated, { recursive: true, force: true })
  provider = await startEmulator({ accessTokenFormat: 'opaque' })
  base = `${provider.appHost}/oidc`
})
afterAll(async () => {
  await provider.close()
  rmSync(generated, { recursive: true, force: true })
})

/** Runs a generator as a person does. */
async function generate(command: string, ...args: readonly string[]): Promise<void> {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
  await promisify(execFile)(join(root, 'node_modules', '.bin', command), args, {
    cwd: folder,
    env: { ...process.env, PATH },
  })
}

/** What a generated client sends, and what its caller gets. */
type Revoke = (form: { client_id: string; client_secret: string; token: string }) => Promise<unknown>

/** Imports what was generated. Its types are not asked for: they are only known once it is there. */
// biome-ignore lint/suspicious/noExplicitAny: see above
async function load(path: string): Promise<any> {
  return import(/* @vite-ignore */ join(folder, path))
}

/** Makes clients: each generator as the guide tells to run it, with the settings that it needs. */
const GENERATORS: Record<string, (spec: string) => Promise<Revoke>> = {
  '@hey-api/openapi-ts': async (spec) => {
    await generate('openapi-ts', '-i', spec, '-o', 'hey-api', '-p', '@hey-api/client-fetch', '@hey-api/sdk')
    const { client } = await load('hey-api/client.gen.ts')
    client.setConfig({ baseUrl: base })
    const { revokeToken } = await load('hey-api/sdk.gen.ts')
    return async (body) => {
      const { data, error } = await revokeToken({ body })
      return error ?? data
    }
  },
  oazapfts: async (spec) => {
    await generate('oazapfts', spec, 'oazapfts.ts')
    const { defaults, revokeToken } = await load('oazapfts.ts')
    defaults.baseUrl = base
    return async (body) => (await revokeToken(body)).data
  },
  orval: async (spec) => {
    const output = { target: 'orval.ts', client: 'fetch', baseUrl: base }
    writeFileSync(
      join(folder, 'orval.config.mjs'),
      `export default ${JSON.stringify({ api: { input: spec, output } })}`,
    )
    await generate('orval', '--config', 'orval.config.mjs')
    const { revokeToken } = await load('orval.ts')
    return async (body) => (await revokeToken(body)).data
  },
  'swagger-typescript-api': async (spec) => {
    await generate('swagger-typescript-api', 'generate', '-p', spec, '-o', '.', '-n', 'swagger.ts')
    const { Api } = await load('swagger.ts')
    const api = new Api({ baseUrl: base })
    // Without a format, the body of an answer is not read.
    return async (body) => {
      const answer = await api.token.revokeToken(body, { format: 'text' })
      return parsed(answer.data)
    }
  },
  kubb: async (spec) => {
    writeFileSync(join(folder, 'kubb.config.mjs'), kubbConfig(spec))
    await generate('kubb', 'generate', '--config', 'kubb.config.mjs')
    const { revokeToken } = await load('kubb/clients/revokeToken.ts')
    // Its own client sends every body as JSON, whatever the content type says.
    const client = async ({ url, data }: { url: string; data: Record<string, string> }) => {
      const response = await fetch(url, { method: 'POST', body: new URLSearchParams(data) })
      return { data: parsed(await response.text()), status: response.status }
    }
    return async (body) => revokeToken(body, { client })
  },
}

function kubbConfig(spec: string): string {
  return `
    import { defineConfig } from '@kubb/core'
    import { pluginClient } from '@kubb/plugin-client'
    import { pluginOas } from '@kubb/plugin-oas'
    import { pluginTs } from '@kubb/plugin-ts'
    export default defineConfig({
      root: '.',
      input: { path: ${JSON.stringify(spec)} },
      output: { path: './kubb', clean: true },
      plugins: [pluginOas(), pluginTs(), pluginClient({ client: 'fetch', baseURL: ${JSON.stringify(base)} })],
    })`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

describe.each(Object.entries(GENERATORS))('%s', (name, make) => {
  test.each(Object.entries(SPECS))(
    'generates a client from the contract in OpenAPI %s that revokes',
    async (version, spec) => {
      folder = join(generated, version, name)
      mkdirSync(folder, { recursive: true })
      const revoke = await make(spec)
      const { appId, appSecret = '' } = provider.app
      const [token] = (await provider.issueTokens(1)) as [string]
      const form = { client_id: appId, client_secret: appSecret, token }
      // An error inside a 200 is something that the caller can see.
      provider.answerNext({ envelopeError: { statusCode: 403, message: 'no' } })
      expect(await revoke(form)).toMatchObject({ statusCode: 403, message: 'no' })
      expect(await provider.isActive(token)).toBe(true)
      await revoke(form)
      expect(await provider.isActive(token)).toBe(false)
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
    },
  )
})
