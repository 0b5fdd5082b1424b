/** What is said after the usage of `outbox` and each of its commands. */
export const outboxDetails = `
What the outbox has taken is durable, and revoked for certain: when the provider
is back, when it admits more, after a crash. Tokens are encrypted at rest.

  OUTBOX_STORE  a folder, for one process at a time; or postgres://...
  OUTBOX_KEYS   NAME:KEY, or several of them: the first one writes, all read;
                or OUTBOX_KEYS_FILE, a file with them

Examples:
  $ backend-logout outbox key --output outbox.key
  $ export OUTBOX_STORE=./outbox OUTBOX_KEYS_FILE=outbox.key
  $ backend-logout outbox add tokens.txt
  $ backend-logout outbox work --until-empty
  $ backend-logout outbox stats

Exit codes:
  0    done
  1    some lines were not stored, or some logouts went to the dead letters
  2    wrong usage, settings or files
  4    the store cannot be used
  130  interrupted`

export const addDetails = `
Each line of FILE is a token alone, a JSON object with "token", or what a token
endpoint answers: a JSON object with "access_token" and "refresh_token", which
make one logout. Blank lines are nothing.

Examples:
  $ backend-logout outbox add tokens.txt
  $ jq -c .tokens session.json | backend-logout outbox add
  $ backend-logout outbox add refresh.txt --token-type-hint refresh_token \\
      --expires-at 2027-01-31

Exit codes:
  0    everything is stored, and durable
  1    some lines hold no token and should; everything else is stored
  2    wrong usage, settings or files; nothing is stored
  4    the store cannot be used; the message says how much is stored
  130  interrupted; what was counted is stored`

export const workDetails = `
Any number of workers may do so at once on one Postgres. The application and the
provider come from the environment: see 'backend-logout --help'.

Examples:
  $ backend-logout outbox work
  $ backend-logout outbox work --until-empty --json

Exit codes:
  0    ended by Ctrl-C or SIGTERM, or nothing is left
  1    the same, but some logouts went to the dead letters: see 'outbox dead'
  2    wrong usage or settings
  4    the store cannot be used`

export const statsDetails = `
Examples:
  $ backend-logout outbox stats
  $ backend-logout outbox stats --json | jq .oldestAgeMs

Exit codes:
  0    done
  2    wrong usage or settings
  4    the store cannot be used`

export const deadDetails = `
Examples:
  $ backend-logout outbox dead
  $ backend-logout outbox dead --json | jq -r .reason.code | sort | uniq -c

Exit codes:
  0    done, also when there is none
  2    wrong usage or settings
  4    the store cannot be used`

export const retryDetails = `
Examples:
  $ backend-logout outbox retry --all
  $ backend-logout outbox retry 5f0c9d3e-7a5b-4c1e-9a53-0d6b5f2f6f11

Exit codes:
  0    all of them were put back
  1    some of the ids are no dead letters
  2    wrong usage or settings
  4    the store cannot be used`

export const keyDetails = `
Examples:
  $ backend-logout outbox key --output outbox.key
  $ (umask 077; backend-logout outbox key 2027-01 | cat - outbox.key > new.key)

Exit codes:
  0    the key was printed or written
  2    wrong usage`
