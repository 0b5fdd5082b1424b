/** It has no declarations, and third-party ones are for an older version. */
declare module 'connect-pg-simple' {
  import type session from 'express-session'
  import type pg from 'pg'

  function connectPgSimple(
    library: typeof session,
  ): new (options: {
    pool: pg.Pool
    createTableIfMissing?: boolean
    pruneSessionInterval?: false
  }) => session.Store

  export { connectPgSimple as default }
}
