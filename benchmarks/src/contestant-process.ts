/**
 * One contestant in a separate process, so that none pays for another's garbage or warm-up. The name is the first
 * argument, the {@link Setting} the second; each message over IPC asks for one round.
 */
import { contestants, type Setting } from './contestants.ts'
import { type Round, runRound } from './round.ts'

const [name = '', setting = '{}'] = process.argv.slice(2)
const contestant = contestants[name]
if (!contestant) throw new Error(`There is no contestant '${name}'.`)
const parsed = JSON.parse(setting) as Setting
if (parsed.otherWork) await (await import('./other-work.ts')).doOtherWork()
const revoke = await contestant.setUp(parsed)
await revoke('token-to-warm-up')
process.send?.({ ready: true })
process.on('message', async (round: Round) => process.send?.(await runRound(revoke, round)))
process.on('disconnect', () => process.exit())
