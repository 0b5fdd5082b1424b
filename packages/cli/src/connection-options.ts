import type { Command } from 'commander'

/** Adds the options of all commands that call the provider. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option('--secret-file <file>', "read the application's secret from a file instead of the environment")
    .option('--ca-file <file>', "authorities that may sign the provider's certificate, in PEM")
    .option('--cert-file <file>', 'client certificate for mutual TLS, in PEM')
    .option('--key-file <file>', 'private key of the client certificate, in PEM')
}
