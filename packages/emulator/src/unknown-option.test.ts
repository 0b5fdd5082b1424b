import { afterAll, expect, test } from 'vitest'
import { startEmulator } from './index.ts'

const emulator = await startEmulator()
afterAll(() => emulator.close())

const tls = { key: 'key', cert: 'cert' }
const envelopeError = { statusCode: 400, message: 'no' }

test.each<[name: string, call: (options: object) => unknown, option: string, known: string]>([
  ['startEmulator', (o) => startEmulator(o), 'tiemout', 'port, host'],
  ['tls', (o) => startEmulator({ tls: { ...tls, ...o } }), 'requestCerts', 'requestCert'],
  ['tls.client', (o) => startEmulator({ tls: { ...tls, client: { ...tls, ...o } } }), 'ca', 'key, cert'],
  ['signIn', (o) => emulator.signIn('alice', o), 'application', 'app'],
  ['issueTokens', (o) => emulator.issueTokens(1, o), 'ttl', 'accessTokenTtl'],
  ['logOut', (o) => emulator.logOut('alice', o), 'session', 'sid'],
  ['sendLogoutsTo', (o) => emulator.sendLogoutsTo('http://localhost/logout', o), 'from', 'sender'],
])('%s() refuses an option that does not exist', async (_name, call, option, known) => {
  const thrown = await (async () => call({ [option]: 1 }))().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(TypeError)
  const { message } = thrown as TypeError
  expect(message.startsWith(`${option} is not an option of `)).toBe(true)
  expect(message.split('these are: ')[1]).toContain(known)
})

test('a response refuses unknown members, including nested ones', () => {
  expect(() => emulator.answerNext({ status: 200, ...{ delay: 1 } })).toThrow('delay')
  expect(() => emulator.answerNext({ envelopeError: { ...envelopeError, ...{ code: 1 } } })).toThrow('envelopeError')
})

test('options may be inherited, as those of a class with accessors', async () => {
  await expect(startEmulator(Object.create({ host: 'example.com' }))).rejects.toThrow('loopback')
  const app = { ...emulator.app, appId: 'of another emulator' }
  await expect(emulator.issueTokens(1, Object.create({ app }))).rejects.toThrow('does not belong')
})
