/**
 * Sends random inputs to every entry point for input from strangers, for longer than `npm test` does, or with the seed
 * of a failure: `npm run fuzz -- [CAMPAIGN] [--seconds=600] [--seed=N] [--path=P]`.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' }, path: { type: 'string' } },
})
const { seconds, seed, path } = values
const env = {
  ...process.env,
  FUZZ_SECONDS: seconds,
  ...(seed !== undefined && { FUZZ_SEED: seed }),
  ...(path !== undefined && { FUZZ_PATH: path }),
}
const cwd = join(import.meta.dirname, '../tests/fuzz')
const { status } = spawnSync(
  join(cwd, 'node_modules/.bin/vitest'),
  ['run', ...positionals.flatMap((name) => ['-t', `^${name}$`])],
  {
    cwd,
    env,
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1
