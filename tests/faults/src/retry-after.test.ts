import { retryAfter } from './catalogue/retry-after.ts'
import { testRows } from './run-row.ts'

testRows(retryAfter)
