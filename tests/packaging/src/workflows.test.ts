import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './program.ts'
import { brokenRules } from './workflow-rules.ts'

const folder = join(root, '.github/workflows')
const files = readdirSync(folder)
/** In the notation of workflows. */
const expression = (name: string): string => `\${{ ${name} }}`
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

test.each(files)('%s grants only the required permissions', (name) => {
  expect(brokenRules(name, read(name))).toEqual([])
})

test('every workflow is checked, including the release', () => {
  expect(files.filter((name) => !/\.ya?ml$/.test(name))).toEqual([])
  expect(files).toContain('release.yml')
})

describe('a workflow is refused', () => {
  /** A change to a real workflow, and the rule that it breaks. */
  const cases: readonly [what: string, file: string, from: string | RegExp, to: string, rule: string][] = [
    ['with an action by tag', 'ci.yml', /checkout@\w{40} # v7\.0\.1/, 'checkout@v7.0.1', 'pinned by commit'],
    ['with an action by branch', 'ci.yml', /checkout@\w{40} # v7\.0\.1/, 'checkout@main', 'pinned by commit'],
    ['with a short commit', 'ci.yml', /checkout@(\w{7})\w{33}/, 'checkout@$1', 'pinned by commit'],
    ['with an unnamed commit', 'ci.yml', /(checkout@\w{40}) # v7\.0\.1/, '$1', 'with its version beside it'],
    ['with an action of a stranger', 'ci.yml', /actions\/(checkout@)/, 'someone/$1', "GitHub's own"],
    ['with an image as an action', 'ci.yml', /actions\/checkout@\w{40}/, 'docker://alpine', "GitHub's own"],
    [
      'with a step in another notation',
      'ci.yml',
      '- run: .ci/run',
      '- { uses: someone/something@main }',
      'on a line of its own',
    ],
    [
      'that pull requests of strangers start with rights',
      'ci.yml',
      'pull_request:',
      'pull_request_target:',
      'a way in',
    ],
    ['that another workflow starts', 'ci.yml', 'pull_request:', 'workflow_run: { workflows: [CI] }', 'a way in'],
    ['that comments start', 'ci.yml', 'pull_request:', 'issue_comment:', 'a way in'],
    ['without permissions: {}', 'ci.yml', 'permissions: {}', '', 'belongs at the top'],
    ['with rights for all jobs', 'ci.yml', 'permissions: {}', 'permissions: write-all', 'belongs at the top'],
    ['with a job that has all rights', 'ci.yml', /permissions:\n +contents: read/, 'permissions: write-all', 'for all'],
    ['with a right that is not on the list', 'ci.yml', 'contents: read', 'contents: write', 'may write contents'],
    ['with a release for pull requests', 'release.yml', 'on:', 'on:\n  pull_request:', 'not only a push'],
    [
      'with a title in a command',
      'ci.yml',
      'run: .ci/run',
      `run: echo ${expression('github.event.pull_request.title')}`,
      'env:',
    ],
    ['with a branch name in a command', 'ci.yml', 'run: .ci/run', `run: echo ${expression('github.head_ref')}`, 'env:'],
    [
      'with secrets',
      'ci.yml',
      'run: .ci/run',
      `run: .ci/run\n        env: { T: "${expression('secrets.T')}" }`,
      'secrets',
    ],
    [
      'with secrets for another workflow',
      'ci.yml',
      'timeout-minutes: 40',
      'timeout-minutes: 40\n    secrets: inherit',
      'secrets',
    ],
    ['that keeps the token', 'ci.yml', 'persist-credentials: false', 'persist-credentials: true', '.git/config'],
    ['that keeps the token by default', 'ci.yml', /^ +persist-credentials: false\n/m, '', '.git/config'],
    [
      'that checks out a pull request',
      'release.yml',
      'persist-credentials: false',
      'persist-credentials: false\n          ref: main',
      'something else',
    ],
    ['with a cache', 'release.yml', 'package-manager-cache: false', 'cache: npm', 'poison'],
    ['with a cache by default', 'release.yml', /^ +package-manager-cache: false\n/m, '', 'poison'],
    ['with a cache of its own', 'release.yml', 'actions/upload-artifact@', 'actions/cache@', 'not needed'],
    ['without a limit of runs', 'nightly.yml', /^concurrency:\n.*\n.*\n/m, '', 'concurrency'],
    [
      'with a release that is canceled',
      'release.yml',
      'cancel-in-progress: false',
      'cancel-in-progress: true',
      'canceled',
    ],
    ['without a time limit', 'ci.yml', /^ +timeout-minutes: 40\n/m, '', 'time limit'],
    ['on any machine', 'release.yml', 'ubuntu-24.04', 'self-hosted', 'no machine of GitHub'],
    ['that hides failures', 'ci.yml', 'run: .ci/run', 'run: .ci/run\n        continue-on-error: true', 'hides'],
    ['with a tool of any version', 'release.yml', 'pnpm@12.21.0', 'pnpm@latest', 'exact version'],
    ['with an installation of anything', 'release.yml', '--frozen-lockfile ', '', 'lock file'],
    [
      'with install scripts in a job that publishes',
      'release.yml',
      /(publish:[\s\S]*lockfile) --ignore-scripts/,
      '$1',
      'code of others',
    ],
    [
      'with tests in a job that publishes',
      'release.yml',
      'node scripts/release/publish.ts',
      '.ci/run',
      'code of others',
    ],
    [
      'that packs where it publishes',
      'release.yml',
      'run: node scripts/release/publish.ts',
      'run: node scripts/release/pack.ts',
      'does more than publish',
    ],
    ['that publishes untested', 'release.yml', 'needs: [test, pack]', 'needs: pack', 'waits for no test'],
    ['that publishes from anywhere', 'release.yml', 'environment: release', 'environment: other', 'registries trust'],
    [
      'that installs where it may write',
      'release.yml',
      'gh auth setup-git',
      'npm install && gh auth setup-git',
      'code of others',
    ],
  ]

  test.each(cases)('%s', (_what, file, from, to, rule) => {
    const source = read(file)
    const changed = source.replace(from, to)
    expect(changed).not.toBe(source)
    expect(brokenRules(file, changed).join('\n')).toContain(rule)
  })
})
