import type { Command, CommanderError } from 'commander'

/** The reason why a token on the command line is refused. */
export const NO_TOKENS_IN_ARGUMENTS: string =
  'Tokens are never taken from arguments, which other users of this machine can see and the shell records. Pipe the ' +
  'token in, or name a file.'

/**
 * Describes wrong usage without repeating any argument: an argument may be a token, a key or a password, and errors end
 * up in logs. The message has the position of the argument instead.
 *
 * @param command The command whose arguments are wrong.
 * @param args All arguments of the program.
 */
export function describeUsageError(error: CommanderError, command: Command, args: readonly string[]): string[] {
  const path = pathOf(command)
  return [describe(error, command, args, path), `Try '${path} --help'.`]
}

function describe(error: CommanderError, command: Command, args: readonly string[], path: string): string {
  switch (error.code) {
    case 'commander.unknownOption':
      return `${positionOf(error, args)} is not an option of '${path}'.${suggestion(error, command)}`
    case 'commander.unknownCommand':
      return `${positionOf(error, args)} is not a command of '${path}'.${suggestion(error, command)} ${NO_TOKENS_IN_ARGUMENTS}`
    case 'commander.excessArguments': {
      const most = command.registeredArguments.length
      return `Too many arguments: '${path}' takes ${most === 0 ? 'none' : 'only one'}. ${NO_TOKENS_IN_ARGUMENTS}`
    }
    case 'commander.optionMissingArgument':
      // This message only contains the names of the option.
      return `${error.message.replace(/^error: option '(.*)' argument missing$/s, "The option '$1' needs an argument")}.`
    case 'commander.missingMandatoryOptionValue':
      // This one does not contain it either.
      return `${error.message.replace(/^error: required option '(.*)' not specified$/s, "The option '$1' is required")}.`
    default:
      return `The arguments of '${path}' are wrong.`
  }
}

/** The position of the argument that the message quotes, in words. */
function positionOf({ message }: CommanderError, args: readonly string[]): string {
  const at = args.findIndex((arg) => message.includes(`'${arg}'`))
  return at === -1 ? 'One of the arguments' : `Argument ${at + 1}`
}

/** The suggested names, if they are names of this program. */
function suggestion({ message }: CommanderError, command: Command): string {
  const words = /\(Did you mean (?:one of )?([\w, -]+)\?\)$/.exec(message)?.[1]?.split(', ') ?? []
  const known = new Set<string | undefined>()
  for (let at: Command | null = command; at; at = at.parent) {
    for (const { name } of at.commands.map((child) => ({ name: child.name() }))) known.add(name)
    for (const { long } of at.createHelp().visibleOptions(at)) known.add(long)
  }
  const names = words.filter((word) => known.has(word))
  return names.length > 0 ? ` Did you mean ${names.join(' or ')}?` : ''
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}
