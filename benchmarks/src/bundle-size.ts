import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** The size of the code that one revocation needs in a bundle. */
export interface BundleResult {
  readonly package: string
  readonly minifiedBytes: number
  readonly gzippedBytes: number
}

const USES: Readonly<Record<string, string>> = {
  '@backend-logout/core':
    "import { createLogoutClient } from '@backend-logout/core'; globalThis.revoke = (o, t) => createLogoutClient(o).revokeToken(t)",
  oauth4webapi:
    "import * as oauth from 'oauth4webapi'; globalThis.revoke = async (s, c, a, t) => oauth.processRevocationResponse(await oauth.revocationRequest(s, c, a, t))",
  'openid-client': "import { tokenRevocation } from 'openid-client'; globalThis.revoke = tokenRevocation",
  '@badgateway/oauth2-client':
    "import { OAuth2Client } from '@badgateway/oauth2-client'; globalThis.revoke = (o, t) => new OAuth2Client(o).revoke(t)",
  arctic:
    "import { OAuth2Client } from 'arctic'; globalThis.revoke = (u, t) => new OAuth2Client('a', 'b', null).revokeToken(u, t)",
  'openapi-fetch': "import createApi from 'openapi-fetch'; globalThis.revoke = (o) => createApi(o).POST('/revoke', {})",
}

/** Bundles, minifies and compresses the revoke path of each package; of ours, from the folder of published packages. */
export async function measureBundles(packed: string): Promise<BundleResult[]> {
  const results: BundleResult[] = []
  for (const [name, contents] of Object.entries(USES)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: name.startsWith('@backend-logout/') ? packed : import.meta.dirname },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    })
    const code = outputFiles[0]?.contents ?? new Uint8Array()
    results.push({ package: name, minifiedBytes: code.length, gzippedBytes: gzipSync(code, { level: 9 }).length })
  }
  return results
}
