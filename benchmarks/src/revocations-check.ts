/**
 * Measures `check()` next to the operation that it is added to and to the alternatives that people use. A separate
 * process, because of its memory.
 */
import { followRevocations, type RevocationSource } from '@backend-logout/revocations'
import bloom from 'bloom-filters'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { createClient } from 'redis'

/** The measurements of one process. Times are processor time, in nanoseconds for one operation. */
export interface CheckResult {
  readonly entries: number
  readonly megabytes: number
  readonly warmNs: number
  readonly coldNs: number
  readonly wallClockNs: number
  readonly steadyClockNs: number
  readonly jwtVerifyNs: number
  readonly bloomNs: number
  /** Wall-clock time of one query after the other. Missing if there is no Redis. */
  readonly redisNs: number | undefined
}

const ISS = 'https://id.example.com'
const entries = Number(process.argv[2])
const redisPath = process.argv[3]
const now = Math.floor(Date.now() / 1000)

/** Names that look like random ids, spread over the table. */
function nameOf(index: number): string {
  return Buffer.from(
    Uint32Array.of(Math.imul(index, 2_654_435_761), index, Math.imul(index, 40_503), 7).buffer,
  ).toString('base64url')
}

function claimsOf(index: number, isRevoked: boolean): Record<string, unknown> {
  const jti = isRevoked ? nameOf(index) : `x${nameOf(index)}`
  return { iss: ISS, jti, sub: `user-${index % 1000}`, sid: `s-${index % 5000}`, iat: now, exp: now + 3600, aud: 'api' }
}

function cpuNs(run: () => void, count: number): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / count
}

/** The median of 15 rounds. */
function median(measure: () => number): number {
  return Array.from({ length: 15 }, measure).sort((a, b) => a - b)[7] as number
}

function memory(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

let given = 0
const source: RevocationSource = {
  async read({ signal }) {
    const page = Array.from({ length: Math.min(10_000, entries - given) }, (_, index) => {
      return { iss: ISS, jti: nameOf(given + index), until: now + 3600 }
    })
    given += page.length
    if (page.length === 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    return { entries: page, cursor: `c${given}`, as_of: Date.now() / 1000, more: given < entries }
  },
}
const before = memory()
const list = followRevocations({ source, maxStalenessMs: 3_600_000 })
await list.ready
const megabytes = memory() - before
if (list.size !== entries) throw new Error(`There are ${list.size} entries, and not ${entries}.`)

let valid = 0
const check = (claims: object): void => {
  if (list.check(claims) === 'valid') valid++
}
const few = Array.from({ length: 100 }, (_, index) => claimsOf(index * 37, false))
const warm = (): number => cpuNs(() => repeat(200_000, (index) => check(few[index % 100] as object)), 200_000)
warm()
const warmNs = median(warm)
// Freshly parsed, like the payload of a token: no string has been seen before, and no part of the table is in a cache.
let round = 0
const coldNs = median(() => {
  round++
  const texts = Array.from({ length: 40_000 }, (_, index) =>
    JSON.stringify(claimsOf(((index + round) * 7_919) % entries, index % 2 === 0)),
  )
  const parsed = texts.map((text) => JSON.parse(text) as object)
  return cpuNs(() => parsed.forEach(check), parsed.length)
})
let times = 0
const clock = (read: () => number): number =>
  median(() => {
    return cpuNs(() => {
      for (let index = 0; index < 200_000; index++) times += read()
    }, 200_000)
  })
const wallClockNs = clock(() => Date.now())
const steadyClockNs = clock(() => performance.now())

const { publicKey, privateKey } = await generateKeyPair('RS256')
const token = await new SignJWT(claimsOf(1, false)).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
const verify = async (count: number): Promise<number> => {
  const start = process.cpuUsage()
  for (let index = 0; index < count; index++) await jwtVerify(token, publicKey, { issuer: ISS, audience: 'api' })
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1000) / count
}
await verify(500)
const jwtVerifyNs = await verify(5_000)

const filter = bloom.BloomFilter.create(100_000, 0.001)
repeat(100_000, (index) => filter.add(nameOf(index)))
const bloomNs = cpuNs(() => repeat(20_000, (index) => void filter.has(`x${nameOf(index)}`)), 20_000)

async function askRedis(path: string): Promise<number> {
  const client = await createClient({ socket: { path, tls: false } }).connect()
  const names = Array.from({ length: 1_000 }, (_, index) => nameOf(index))
  for (const name of names) await client.set(name, '1')
  const startedAt = performance.now()
  for (let index = 0; index < 5_000; index++) await client.get(names[index % 1_000] as string)
  const ns = ((performance.now() - startedAt) * 1e6) / 5_000
  await client.close()
  return ns
}
const redisNs = redisPath ? await askRedis(redisPath) : undefined
await list.close()
if (valid === 0 || times === 0) throw new Error('Nothing was valid.')
const result: CheckResult = {
  entries,
  megabytes,
  warmNs,
  coldNs,
  wallClockNs,
  steadyClockNs,
  jwtVerifyNs,
  bloomNs,
  redisNs,
}
process.send?.(result)
process.disconnect?.()

function repeat(count: number, run: (index: number) => void): void {
  for (let index = 0; index < count; index++) run(index)
}
