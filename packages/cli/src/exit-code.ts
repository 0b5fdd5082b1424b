/** What scripts can rely on. Each command's help says which of them it uses. */
export const ExitCode = {
  /** Everything that was asked for was done. */
  done: 0,
  /** It ran, and the answer is no: a token is not revoked, not active, or the doctor found a problem. */
  no: 1,
  /** Wrong usage or settings on this side; nothing was sent. */
  usage: 2,
  /** The provider refused the application, or could not be asked. */
  refused: 3,
  /** The run had to stop because a file could not be read or written, or the outbox's store not used. */
  stopped: 4,
  /** A defect of this program. */
  defect: 70,
  /** Ctrl-C, SIGTERM, SIGHUP, or nobody reads the output any more. */
  interrupted: 130,
} as const

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
