import { retryAfter } from './catalog/retry-after.ts'
import { testRows } from './run-row.ts'

testRows(retryAfter)
