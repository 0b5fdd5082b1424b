import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openOutbox } from '@backend-logout/outbox'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    template: string
  }
}

/** Creates a folder with an empty outbox once for all tests; creating its tables takes longer than copying it. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const template = await mkdtemp(join(tmpdir(), 'outbox-template-'))
  const outbox = await openOutbox({ store: template, encryptionKeys: [{ kid: 'none', key: new Uint8Array(32) }] })
  await outbox.close()
  provide('template', template)
  return () => rm(template, { recursive: true, force: true })
}
