import { backChannelLogoutCases } from './back-channel-logout.ts'
import { bulkCases } from './bulk.ts'
import { clientAuthCases } from './client-auth.ts'
import { announce, report } from './desk.ts'
import type { Host, RegisterCase } from './host.ts'
import { mannersCases } from './manners.ts'
import { refusalCases } from './refusals.ts'
import { revocationCases } from './revocation.ts'
import { revocationListCases } from './revocation-list.ts'
import { secretsCases } from './secrets.ts'
import { timeCases } from './time.ts'

const TOPICS = [
  revocationCases,
  bulkCases,
  clientAuthCases,
  refusalCases,
  timeCases,
  secretsCases,
  mannersCases,
  revocationListCases,
  backChannelLogoutCases,
]

/** Registers every case at a runner, and has each of them reported. */
export function suite(host: Host): void {
  const test: RegisterCase = (name, run, cannot) =>
    host.test(name, async () => {
      const reason = cannot?.[host.kind]
      const failure = await run().then(
        () => (reason === undefined ? undefined : new Error(`It holds after all, so "${reason}" has to go.`)),
        (error) => (reason === undefined ? (error as Error) : undefined),
      )
      await report(name, failure, reason)
      if (failure) throw failure
    })
  host.test('(announcement)', () => announce(host.runtime))
  for (const register of TOPICS) register({ ...host, test })
}
