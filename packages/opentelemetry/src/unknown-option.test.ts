import { expect, test } from 'vitest'
import { instrument } from './index.ts'

test('instrument() refuses an option that does not exist', () => {
  const call = (options: object): unknown => instrument(options)
  expect(() => call({ meters: 1 })).toThrow('meters is not an option here: the options are meter and tracer.')
  expect(call({ meters: undefined })).toBeDefined()
})
