import { endless, oddlyPut, successes } from './catalog/successes.ts'
import { testRows } from './run-row.ts'

testRows([...successes, ...endless, ...oddlyPut])
