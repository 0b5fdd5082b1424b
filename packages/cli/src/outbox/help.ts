/** The help after the usage of `outbox` and of each of its commands. */
export const outboxDetails = `
Logouts in the outbox are durable: they are revoked after an outage, after
throttling and after a crash. Tokens are encrypted at rest.

  OUTBOX_STORE  a folder, for one process at a time; or postgres://...
  OUTBOX_KEYS   NAME:KEY, or several: the first one encrypts, all decrypt;
                or OUTBOX_KEYS_FILE, a file with them

Examples:
  $ backend-logout outbox key --output outbox.key
  $ export OUTBOX_STORE=./outbox OUTBOX_KEYS_FILE=outbox.key
  $ backend-logout outbox add tokens.txt
  $ backend-logout outbox work --until-empty
  $ backend-logout outbox stats

Exit codes:
  0    success
  1    some lines were not stored, or some logouts went to the dead letters
  2    wrong usage, settings or files
  4    the store cannot be used
  130  interrupted`

export const addDetails = `
Each line of FILE is a token, a JSON object with "token", or the response of a
token endpoint: a JSON object with "access_token" and "refresh_token" (or
"accessToken" and "refreshToken"), which together form one logout. Beside a
refresh token, "token" is the access token. Blank lines are ignored. Tables are
not read.

If AUTHING_APP_ID and AUTHING_APP_HOST or AUTHING_APP_ISSUER are set, the logouts
are bound to them: only a worker with the same settings sends their tokens. If
your workers have the option provider, set OUTBOX_PROVIDER to its value instead.

DATE is a date (00:00 UTC), or a date and a time with Z or an offset.

Examples:
  $ backend-logout outbox add tokens.txt
  $ jq -c .tokens session.json | backend-logout outbox add
  $ backend-logout outbox add refresh.txt --token-type-hint refresh_token \\
      --expires-at 2027-01-31

Exit codes:
  0    everything was stored, durably
  1    some lines did not contain a token; everything else was stored
  2    wrong usage, settings or files; nothing was stored
  4    the store cannot be used; the message has the number of stored logouts
  130  interrupted; the logouts that were counted are stored`

export const workDetails = `
On Postgres, any number of workers can run at the same time. The application and
the provider come from the environment: see 'backend-logout --help'.

Examples:
  $ backend-logout outbox work
  $ backend-logout outbox work --until-empty --json
  $ backend-logout outbox work --health-port 8080 --health-host 0.0.0.0

Exit codes:
  0    stopped by Ctrl-C or SIGTERM, or the outbox is empty
  1    the same, but some logouts went to the dead letters: see 'outbox dead'
  2    wrong usage or settings
  4    the store cannot be used`

export const statsDetails = `
Examples:
  $ backend-logout outbox stats
  $ backend-logout outbox stats --json | jq .oldestAgeMs

Exit codes:
  0    success
  2    wrong usage or settings
  4    the store cannot be used`

export const deadDetails = `
Examples:
  $ backend-logout outbox dead
  $ backend-logout outbox dead --json | jq -r .reason.code | sort | uniq -c

Exit codes:
  0    success, also without dead letters
  2    wrong usage or settings
  4    the store cannot be used`

export const retryDetails = `
Examples:
  $ backend-logout outbox retry --all
  $ backend-logout outbox retry 5f0c9d3e-7a5b-4c1e-9a53-0d6b5f2f6f11

Exit codes:
  0    all were put back into the queue
  1    some of the ids are not dead letters
  2    wrong usage or settings
  4    the store cannot be used`

export const migrateDetails = `
The other commands do this when they open the outbox, if their role may. The
version of tables that exist is in the table backend_logout.version. With it,
--print-sql --from prints only what is missing, and the rights of the --role: use
both to add a role later.

Examples:
  $ backend-logout outbox migrate
  $ backend-logout outbox migrate --print-sql --role logout_worker | psql
  $ backend-logout outbox migrate --print-sql --role logout_cron \\
      --from "$(psql -Atc 'SELECT version FROM backend_logout.version')" | psql

Exit codes:
  0    the tables are up to date, or the SQL was printed
  2    wrong usage or settings
  4    the store cannot be used`

export const keyDetails = `
To replace a key, add the new one at the end of the keys of every process. Only
then move it to the front: from then on it encrypts, and a worker without it
makes dead letters of the logouts. Remove the old one when no logout needs it.

Examples:
  $ backend-logout outbox key --output outbox.key
  $ (umask 077; backend-logout outbox key 2027-01 | cat outbox.key - > new.key)

Exit codes:
  0    the key was printed or written
  2    wrong usage
  4    the file of --output cannot be written`
