import { readFileSync } from 'node:fs'
import { fetchTransport, type Transport } from '@backend-logout/core'
import { startEmulator } from '@backend-logout/emulator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkSessionStatus, kickUser } from './index.ts'

const text = readFileSync(new URL('../../../../specs/genauth-management.openapi.yaml', import.meta.url), 'utf8')
// The keywords that OpenAPI adds to JSON Schema are not rules.
const ajv = new Ajv2020({ strict: false, allErrors: true })
ajv.addSchema(parse(text), 'spec')

/** Violations of a schema of the contract in a value. */
function faultsOf(schema: string, value: unknown): string {
  const validate = ajv.getSchema(`spec#/components/schemas/${schema}`)
  return validate?.(value) ? '' : `${schema}: ${ajv.errorsText(validate?.errors)} in ${JSON.stringify(value)}`
}

test("requests and the emulator's responses follow the contract", async () => {
  await using emulator = await startEmulator()
  const faults: string[] = []
  const seen: string[] = []
  const watched: Transport = {
    async send(request) {
      const answer = await fetchTransport().send(request)
      const name = request.url.endsWith('/api/v3/kick-users') ? 'Kick' : 'SessionStatus'
      const json: { readonly statusCode: number } = JSON.parse(answer.body)
      faults.push(faultsOf(`${name}Request`, JSON.parse(request.body ?? '')), faultsOf(`${name}Answer`, json))
      if (json.statusCode === 200) faults.push(faultsOf(`${name}Success`, json))
      seen.push(`${name} ${json.statusCode}`)
      return answer
    },
  }
  const management = { ...emulator.management, transport: watched, retries: 0 }
  const { appId } = emulator.app
  await emulator.signIn('alice')
  await kickUser({ userId: 'alice', appIds: [appId, emulator.apps.basic.appId] }, management)
  await kickUser({ userId: 'alice', appIds: [appId] }, { ...management, accessKeySecret: 'another' })
  await checkSessionStatus({ userId: 'alice', appId }, management)
  expect(new Set(seen)).toEqual(new Set(['SessionStatus 200', 'Kick 200', 'SessionStatus 401', 'Kick 401']))
  expect(faults.filter(Boolean)).toEqual([])
})
