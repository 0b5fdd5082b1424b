import { brokenConnections, brokenRefusals, brokenThenRefused } from './catalog/connections.ts'
import { testRows } from './run-row.ts'

testRows([...brokenConnections, ...brokenRefusals, ...brokenThenRefused])
