import { refusals, tellingRefusals } from './catalog/refusals.ts'
import { testRows } from './run-row.ts'

testRows([...refusals, ...tellingRefusals])
