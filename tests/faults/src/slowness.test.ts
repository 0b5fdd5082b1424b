import { deadlines, slowness } from './catalogue/connections.ts'
import { testRows } from './run-row.ts'

testRows([...slowness, ...deadlines])
