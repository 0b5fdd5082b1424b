import { refusals, tellingRefusals } from './catalogue/refusals.ts'
import { testRows } from './run-row.ts'

testRows([...refusals, ...tellingRefusals])
