import type { Terminal } from './terminal.ts'

/** This program as its user can call it: who runs it with npx has no command of its name. */
export function ownName({ env }: Terminal): string {
  return env.npm_command === 'exec' ? 'npx @backend-logout/cli' : 'backend-logout'
}
