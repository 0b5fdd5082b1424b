/**
 * Rules for the workflows in `.github/workflows`: they prevent a stranger's pull request, a moved tag or a hostile
 * dependency from harming the repository or its users.
 */
import { parse } from 'yaml'

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly uses?: string
  readonly 'runs-on'?: string
  readonly 'timeout-minutes'?: number
  readonly permissions?: Readonly<Record<string, string>> | string
  readonly needs?: string | readonly string[]
  readonly environment?: unknown
  readonly container?: unknown
  readonly services?: unknown
  readonly steps?: readonly Step[]
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>> | readonly string[] | string
  readonly permissions?: unknown
  readonly concurrency?: { readonly group?: string; readonly 'cancel-in-progress'?: unknown }
  readonly jobs: Readonly<Record<string, Job>>
}

/** All permissions that any job may have. A new permission is added here, where a reviewer sees it. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  'release.yml propose': ['contents', 'pull-requests'],
  'release.yml publish': ['id-token'],
  'release.yml tag': ['contents'],
}

/** The exact commands of the job that holds the identity for the registries. */
const PUBLICATION: readonly string[] = [
  'npx --yes pnpm@12.21.0 install --frozen-lockfile --ignore-scripts',
  'node scripts/release/publish.ts',
]

/** Events that run the workflow of a commit that someone with write access has seen, or that get no permissions. */
const EVENTS = ['push', 'pull_request', 'schedule', 'workflow_dispatch']

/** Runs code of the repository, or of its dependencies: tests, builds, install scripts. */
const RUNS_CODE =
  /\.ci\/|\bnpm\b|\byarn\b|\bbun\b|\bcurl\b|\bwget\b|\bnpx\b(?!.*--ignore-scripts)|\bpnpm\b(?!.*--ignore-scripts)/

/** The rules that a workflow breaks. */
export function brokenRules(name: string, source: string): string[] {
  const workflow = parse(source) as Workflow
  return [
    ...eventsOf(workflow)
      .filter((event) => !EVENTS.includes(event))
      .map((event) => `${event} gives strangers a way in`),
    ...(JSON.stringify(workflow.permissions) === '{}' ? [] : ['permissions: {} belongs at the top; jobs ask for more']),
    ...concurrency(workflow, name),
    ...(/\bsecrets\b/.test(withoutComments(source))
      ? ['secrets are not for workflows: registries trust the OIDC token']
      : []),
    ...(/\bcontinue-on-error\b/.test(source) ? ['continue-on-error hides a failure'] : []),
    ...pins(source, workflow),
    ...Object.entries(workflow.jobs).flatMap(([id, job]) =>
      [...rights(`${name} ${id}`, job, workflow), ...machine(job), ...(job.steps ?? []).flatMap(step)].map(
        (problem) => `${id}: ${problem}`,
      ),
    ),
  ]
}

const eventsOf = ({ on }: Workflow): string[] =>
  typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on)

function concurrency({ concurrency }: Workflow, name: string): string[] {
  if (!concurrency?.group) return ['concurrency is not limited']
  const mayCancel = concurrency['cancel-in-progress']
  return name === 'release.yml' && mayCancel !== false ? ['a release that has begun must not be canceled'] : []
}

/** A tag can be moved to another commit; a commit cannot. */
function pins(source: string, { jobs }: Workflow): string[] {
  const uses = Array.from(source.matchAll(/^\s*(?:- )?uses:\s*(.*?)\s*$/gm), ([, reference = '']) => reference)
  // Comments are lost when YAML is parsed, so the lines are read; they must be the only ones.
  const steps = Object.values(jobs).flatMap(({ steps = [] }) => steps.filter(({ uses }) => uses !== undefined))
  return [
    ...(steps.length === uses.length ? [] : ['each `uses:` belongs on a line of its own']),
    ...uses
      .filter((reference) => !/^actions\/[\w-]+(?:\/[\w-]+)*@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(reference))
      .map((reference) => `${reference} is not an action of GitHub's own, pinned by commit with its version beside it`),
  ]
}

function rights(name: string, { permissions, steps = [], needs = [], environment }: Job, workflow: Workflow): string[] {
  if (typeof permissions !== 'object') return ['asks for no permissions of its own, or for all']
  const written = Object.keys(permissions).filter((scope) => permissions[scope] === 'write')
  const expected = RIGHTS[name] ?? []
  const problems = written.filter((scope) => !expected.includes(scope)).map((scope) => `may write ${scope}`)
  if (written.length === 0) return problems

  if (eventsOf(workflow).some((event) => event !== 'push')) problems.push('may write, though not only a push starts it')
  const commands = steps.flatMap(({ run }) => run ?? [])
  for (const line of commands.flatMap((run) => run.split('\n'))) {
    if (RUNS_CODE.test(line)) problems.push(`may write, and runs code of others: ${line.trim()}`)
  }
  if (written.includes('id-token')) {
    if (commands.join('\n') !== PUBLICATION.join('\n')) problems.push('does more than publish what was packed')
    if (![needs].flat().includes('pack') || ![needs].flat().includes('test'))
      problems.push('waits for no test or no pack')
    if (environment !== 'release') problems.push('is not in the environment that the registries trust')
  }
  return problems
}

function machine(job: Job): string[] {
  const problems: string[] = []
  if (!/^(?:ubuntu-\d+\.\d+|macos-\d+|\$\{\{ matrix\.os \}\})$/.test(job['runs-on'] ?? '')) {
    problems.push('runs on no machine of GitHub with a version')
  }
  if (!job['timeout-minutes']) problems.push('has no time limit')
  if (job.uses || job.container || job.services) problems.push('uses a workflow or an image of others')
  return problems
}

function step({ uses = '', run = '', with: options = {} }: Step): string[] {
  const problems: string[] = []
  // An expression becomes part of the program before the shell sees it; a variable does not.
  if (run.includes('${{')) problems.push(`an expression in a command, where env: belongs: ${run.trim()}`)
  if (/\bpnpm@(?!\d+\.\d+\.\d+\b)|\bnpx\b(?!.*@\d+\.\d+\.\d+)/.test(run)) problems.push('npx without an exact version')
  if (/\binstall\b(?!.*--frozen-lockfile)/.test(run)) problems.push('an installation that does not obey the lock file')
  if (/^actions\/checkout@/.test(uses)) {
    if (options['persist-credentials'] !== false) problems.push('the token stays in .git/config')
    if ('ref' in options || 'repository' in options) problems.push('checks out something else than what started it')
  }
  if (/^actions\/setup-node@/.test(uses) && (options['package-manager-cache'] !== false || 'cache' in options)) {
    problems.push('a cache, which other runs can poison')
  }
  if (/^actions\/(?:cache|github-script)\b/.test(uses)) problems.push(`${uses.split('@')[0]} is not needed here`)
  return problems
}

const withoutComments = (source: string): string => source.replaceAll(/(?:^|\s)#.*$/gm, '')
