import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { ManagementClient } from 'authing-node-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe("authing-node-sdk's management client at the emulator", () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator()
  })
  afterAll(() => emulator.close())

  const sdk = (changes: object = {}): ManagementClient => new ManagementClient({ ...emulator.management, ...changes })

  test('its signature is valid: it kicks a user, and finds the session ended', async () => {
    const { appId } = emulator.app
    await emulator.signIn('alice')
    const client = sdk()
    expect(await client.checkSessionStatus({ userId: 'alice', appId })).toMatchObject({ data: { active: true } })
    const kicked = await client.kickUsers({ userId: 'alice', appIds: [appId, emulator.apps.basic.appId] })
    expect(kicked).toMatchObject({ statusCode: 200, data: { success: true } })
    expect(await client.checkSessionStatus({ userId: 'alice', appId })).toMatchObject({ data: { active: false } })
  })

  test('with a tenant and nested members, its signature is also valid', async () => {
    const { appId } = emulator.app
    await emulator.signIn('bob')
    const userIdType = 'user_id' as never
    const kicked = await sdk({ tenantId: 'tenant' }).kickUsers({
      userId: 'bob',
      appIds: [appId],
      options: { userIdType },
    })
    expect(kicked).toMatchObject({ statusCode: 200, data: { success: true } })
  })

  test('with another secret, its signature is invalid, and the refusal is inside HTTP 200', async () => {
    const { appId } = emulator.app
    await emulator.signIn('carol')
    const refused = await sdk({ accessKeySecret: 'another' }).kickUsers({ userId: 'carol', appIds: [appId] })
    expect(refused).toMatchObject({ statusCode: 401 })
    expect(await sdk().checkSessionStatus({ userId: 'carol', appId })).toMatchObject({ data: { active: true } })
  })
})
