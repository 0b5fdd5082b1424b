import { brokenConnections, brokenRefusals, brokenThenRefused } from './catalogue/connections.ts'
import { testRows } from './run-row.ts'

testRows([...brokenConnections, ...brokenRefusals, ...brokenThenRefused])
