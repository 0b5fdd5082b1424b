import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'status-ranges-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['genauth-management.openapi.yaml', 'genauth-management.openapi-3.0.yaml'])(
  'oazapfts reads %s once its ranges of status codes are replaced, as the guide says',
  (name) => {
    const contract = readFileSync(join(root, '../../packages/receiver/specs', name), 'utf8')
    const generate = (text: string): string => {
      writeFileSync(join(folder, name), text)
      execFileSync(join(root, 'node_modules/.bin/oazapfts'), [join(folder, name), join(folder, 'client.ts')])
      return readFileSync(join(folder, 'client.ts'), 'utf8')
    }
    expect(() => stripTypeScriptTypes(generate(contract))).toThrow()
    const code = generate(contract.replaceAll('"4XX"', 'default').replaceAll('4XX:', 'default:'))
    expect(stripTypeScriptTypes(code)).toContain('checkSessionStatus')
  },
)
