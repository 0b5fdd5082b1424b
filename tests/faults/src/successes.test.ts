import { endless, oddlyPut, successes } from './catalogue/successes.ts'
import { testRows } from './run-row.ts'

testRows([...successes, ...endless, ...oddlyPut])
