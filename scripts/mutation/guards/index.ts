import type { Mutation } from '../mutation.ts'
import { emulatorGuards } from './emulator.ts'
import { fileGuards } from './files.ts'
import { genAuthGuards } from './genauth.ts'
import { limitGuards } from './limits.ts'
import { logoutEndpointGuards } from './logout-endpoint.ts'
import { logoutReportGuards } from './logout-reports.ts'
import { logoutTokenGuards } from './logout-tokens.ts'
import { pageGuards } from './pages.ts'
import { releaseGuards } from './release.ts'
import { requestGuards } from './requests.ts'
import { secretGuards } from './secrets.ts'
import { serviceGuards } from './services.ts'
import { truthGuards } from './truth.ts'

/** Every known guard. The table has them in the order of the promises. */
export const guards: readonly Mutation[] = [
  ...secretGuards,
  ...fileGuards,
  ...requestGuards,
  ...truthGuards,
  ...limitGuards,
  ...pageGuards,
  ...logoutEndpointGuards,
  ...emulatorGuards,
  ...serviceGuards,
  ...genAuthGuards,
  ...logoutTokenGuards,
  ...logoutReportGuards,
  ...releaseGuards,
]
