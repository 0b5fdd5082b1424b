import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { npm, root, run } from './program.ts'
import { type JsrRegistry, startJsrRegistry } from './registries/jsr-registry.ts'
import { type NpmRegistry, startNpmRegistry } from './registries/npm-registry.ts'

/** A release of the workspace in its current state, to registries on this machine. */
export interface LocalRelease {
  /** The folder of everything here, removed at the end. */
  readonly folder: string
  /** The copy of the workspace that was released, with raised versions and written changelogs. */
  readonly workspace: string
  /** The settings of the registries for the release, and for every consumer after it. */
  readonly environment: Readonly<Record<string, string>>
  /** The repository in which it was packed, as CI names it to a build. */
  readonly repository: { readonly server: string; readonly name: string }
  readonly rehearsal: string
  readonly publication: string
}

declare module 'vitest' {
  interface ProvidedContext {
    release: LocalRelease
  }
}

let folder: string
const registries: (NpmRegistry | JsrRegistry)[] = []

/** Runs before all tests: rehearses a release offline, then publishes it with the same scripts. */
export async function setup(project: TestProject): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'backend-logout-packaging-'))
  try {
    project.provide('release', await release())
  } catch (error) {
    // Without a setup, there is no teardown.
    await teardown()
    throw error
  }
}

async function release(): Promise<LocalRelease> {
  const workspace = join(folder, 'workspace')
  const node = [process.execPath] as const
  const repository = { server: 'https://git.example', name: 'someone/backend-logout' }
  const upstream = (await run(root, npm, ['config', 'get', 'registry'])).trim()
  const [rehearsal, npmRegistry, jsrRegistry] = await Promise.all([
    run(root, node, ['scripts/release/dry-run.ts', workspace], {
      GITHUB_SERVER_URL: repository.server,
      GITHUB_REPOSITORY: repository.name,
    }),
    startNpmRegistry(join(folder, 'npm'), upstream),
    startJsrRegistry(join(folder, 'jsr')),
  ])
  registries.push(npmRegistry, jsrRegistry)

  await mkdir(join(folder, 'home'))
  const settings = join(folder, 'home/.npmrc')
  // The registry accepts any publication; npm requires a token to send one.
  await writeFile(settings, `registry=${npmRegistry.url}\n${npmRegistry.url.replace('http:', '')}:_authToken=anybody\n`)
  const environment = {
    npm_config_registry: npmRegistry.url,
    npm_config_userconfig: settings,
    // Every package here is less than a day old.
    pnpm_config_minimum_release_age: '0',
    BUN_INSTALL_CACHE_DIR: join(folder, 'bun'),
    DENO_DIR: join(folder, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    JSR_URL: jsrRegistry.url,
    JSR_TOKEN: jsrRegistry.token,
  }
  const publication = await run(workspace, node, ['scripts/release/publish.ts'], environment)
  return { folder, workspace, environment, repository, rehearsal, publication }
}

/** Runs after all tests. */
export async function teardown(): Promise<void> {
  for (const registry of registries) await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
}
