/** The exit codes, for scripts. The help of each command lists those that it uses. */
export const ExitCode = {
  /** Everything succeeded. */
  done: 0,
  /** The command ran, and the answer is no: a token is not revoked, not active, or the doctor found a problem. */
  no: 1,
  /** Wrong usage or settings on this side; nothing was sent. */
  usage: 2,
  /** The provider rejected the application, or could not be reached. */
  refused: 3,
  /** The run stopped because a file could not be read or written, or the store of the outbox could not be used. */
  stopped: 4,
  /** A defect of this program. */
  defect: 70,
  /** Ctrl-C, SIGTERM, SIGHUP, or the reader of the output left. */
  interrupted: 130,
} as const

/** One of {@link ExitCode}. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]
