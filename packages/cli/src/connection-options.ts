import type { Command } from 'commander'

/** Adds the options of all commands that talk to the provider. */
export function addConnectionOptions(command: Command): Command {
  return command.option('--secret-file <file>', "read the application's secret from a file, not the environment")
}
