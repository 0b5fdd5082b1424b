import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { checkSpecs, type SpecCheck } from '../../../scripts/spec-changes.ts'
import { root, run } from './program.ts'

const { folder } = inject('release')
const spec = 'specs/provider.openapi.yaml'
const identity = ['-c', 'user.name=Backend Logout contributors', '-c', 'user.email=']
let repository: string

const git = (...args: string[]): Promise<string> => run(repository, ['git'], [...identity, ...args])
const check = (): SpecCheck | undefined => checkSpecs(repository)
/** The check as CI runs it. */
const runCheck = (): Promise<string> =>
  run(repository, [process.execPath], [join(root, 'scripts/check-spec-changes.ts')])
const NOTHING: SpecCheck = { breaks: '', missing: '' }
const NEEDS_MAJOR = 'This needs a changeset with `"@backend-logout/core": major`. Run `npx changeset`'

// biome-ignore lint/suspicious/noExplicitAny: each test changes a different part of the document.
async function change(edit: (document: any) => void): Promise<void> {
  const document = parse(await readFile(join(repository, spec), 'utf8'))
  edit(document)
  await writeFile(join(repository, spec), stringify(document))
}

async function release(version: string): Promise<void> {
  await git('add', '--all')
  await git('commit', '--quiet', '--message', `chore: release ${version}`)
  await git('tag', `v${version}`)
}

const addChangeset = (step: string): Promise<void> =>
  writeFile(join(repository, '.changeset/some-change.md'), `---\n"@backend-logout/core": ${step}\n---\n\nA change.\n`)

/** A repository with the current spec and the package that ships it. */
beforeEach(async () => {
  repository = await mkdtemp(join(folder, 'repository-'))
  for (const path of ['specs', '.changeset', 'packages/core/specs'])
    await mkdir(join(repository, path), { recursive: true })
  for (const path of [spec, 'packages/core/package.json', `packages/core/${spec}`]) {
    await copyFile(join(root, path), join(repository, path))
  }
  await git('init', '--quiet')
})

test('before the first release, no spec can break anything', async () => {
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'feat: a spec')
  await change((document) => delete document.paths['/token/introspection'])
  expect(check()).toBe(undefined)
  expect(await runCheck()).toBe('Nothing has been released, so no spec can break a client.\n')
})

describe('breaking changes', () => {
  test.each<[name: string, edit: Parameters<typeof change>[0], said: string]>([
    [
      'an operation that is gone',
      (document) => delete document.paths['/token/introspection'],
      'remove /token/introspection › post',
    ],
    [
      'a field of a request that has become required',
      (document) => document.components.schemas.RevocationRequest.required.push('client_id'),
      'required',
    ],
    [
      'a field of an answer that is gone',
      (document) => delete document.components.schemas.IntrospectionResponse.properties.exp,
      'properties › exp',
    ],
    [
      'a field of an answer that may be missing now',
      (document) => delete document.components.schemas.IntrospectionResponse.required,
      'required',
    ],
    [
      'a field of another type',
      (document) => {
        document.components.schemas.IntrospectionResponse.properties.exp.type = 'string'
      },
      'exp › type',
    ],
    [
      'an operation of another name',
      (document) => {
        document.paths['/token/revocation'].post.operationId = 'revoke'
      },
      'operationId',
    ],
  ])('%s', async (_name, edit, said) => {
    await release('1.2.0')
    await change(edit)
    const { breaks, missing } = check() ?? {}
    expect(breaks).toContain(said)
    expect(missing).toContain(NEEDS_MAJOR)
  })
})

test('a deleted spec is a breaking change', async () => {
  await release('1.2.0')
  await git('rm', '--quiet', spec)
  expect(check()?.breaks).toContain('remove the whole spec')
  await expect(runCheck()).rejects.toThrow(new RegExp(`remove the whole spec\n[\\s\\S]*${NEEDS_MAJOR}`))
})

describe('compatible changes', () => {
  test.each<[name: string, edit: Parameters<typeof change>[0]]>([
    ['another text', (document) => Object.assign(document.info, { description: 'In other words.', version: '9.9.9' })],
    [
      'another field that a request may have',
      (document) =>
        Object.assign(document.components.schemas.RevocationRequest.properties, { tenant: { type: 'string' } }),
    ],
    [
      'another field that an answer may have',
      (document) =>
        Object.assign(document.components.schemas.IntrospectionResponse.properties, { tenant: { type: 'string' } }),
    ],
    [
      'another operation',
      (document) => {
        document.paths['/token/revocation/batch'] = structuredClone(document.paths['/token/revocation'])
        document.paths['/token/revocation/batch'].post.operationId = 'revokeBatch'
      },
    ],
    ['nothing at all', () => {}],
  ])('%s', async (_name, edit) => {
    await release('1.2.0')
    await change(edit)
    expect(check()).toEqual(NOTHING)
  })
})

test.each([
  ['1.2.0', 'major', true],
  ['1.2.0', 'minor', false],
  ['0.3.0', 'minor', true],
  ['0.3.0', 'patch', false],
])('after %s, a break with a %s changeset is accepted: %s', async (version, step, accepted) => {
  await release(version)
  await change((document) => delete document.paths['/token/introspection'])
  await addChangeset(step)
  const { breaks, missing } = check() ?? {}
  expect(breaks).toContain('breaks clients')
  if (accepted) expect(missing).toBe('')
  else expect(missing).toContain('This needs a changeset')
})

test('a breaking change is compared with the last release, not with the first', async () => {
  await release('1.2.0')
  await change((document) => delete document.paths['/token/introspection'])
  await release('2.0.0')
  expect(check()).toEqual(NOTHING)
  expect(await runCheck()).toBe('')
})
