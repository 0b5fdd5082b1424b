import { deadlines, slowness } from './catalog/connections.ts'
import { testRows } from './run-row.ts'

testRows([...slowness, ...deadlines])
