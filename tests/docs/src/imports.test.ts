import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Imports that the rules in `biome.json` must refuse, and those that they must not, by file. */
const IMPORTS: Readonly<Record<string, { readonly refused: readonly string[]; readonly allowed: readonly string[] }>> =
  {
    'core/src/clock.ts': {
      refused: [
        '@backend-logout/emulator',
        'node:fs',
        'node:fs/promises',
        'jose',
        'undici',
        '../../outbox/src/lanes.ts',
      ],
      allowed: ['./token.ts', './generated/provider.ts', 'openapi-fetch'],
    },
    'core/src/jwt.ts': { refused: ['@backend-logout/emulator', 'openapi-fetch'], allowed: ['./token.ts', 'jose'] },
    'receiver/src/header.ts': {
      refused: ['@backend-logout/outbox', '@backend-logout/revocations', 'node:fs/promises', '../../core/src/token.ts'],
      allowed: ['@backend-logout/core', 'jose', './events.ts'],
    },
    'revocations/src/entry.ts': {
      refused: [
        '@backend-logout/core',
        '@backend-logout/private-store',
        'node:fs/promises',
        '../../core/src/token.ts',
        './server/log.ts',
      ],
      allowed: ['./page.ts'],
    },
    'opentelemetry/src/buckets.ts': {
      refused: ['@backend-logout/outbox', '@opentelemetry/sdk-metrics', '../../outbox/src/lanes.ts'],
      allowed: ['@opentelemetry/api', './events.ts'],
    },
    'browser-proxy/src/client/create-logout.ts': {
      refused: ['@backend-logout/core', '../server/step.ts'],
      allowed: [],
    },
    'outbox/src/lanes.ts': {
      refused: ['@backend-logout/cli', '../../core/src/token.ts'],
      allowed: ['pg', './errors.ts'],
    },
  }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imports-'))
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The lines of a file that the rules refuse. */
function refusedIn(path: string, imports: readonly string[]): string[] {
  const file = join(folder, 'packages', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, imports.map((name) => `import '${name}'\n`).join(''))
  const rule = '--only=style/noRestrictedImports'
  const { stdout, stderr } = spawnSync('biome', ['lint', rule, '--reporter=github', '--vcs-enabled=false', file], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(stderr).not.toContain('configuration')
  const lines = new Set([...stdout.matchAll(/noRestrictedImports.*?line=(\d+)/g)].map(([, line]) => Number(line)))
  return imports.filter((_, index) => lines.has(index + 1))
}

test.each(Object.entries(IMPORTS))('%s imports only what its package may', (path, { refused, allowed }) => {
  expect(refusedIn(path, [...refused, ...allowed])).toEqual(refused)
})
