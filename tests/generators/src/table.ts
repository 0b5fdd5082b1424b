import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A generator, as the guide lists it. */
export interface Generator {
  readonly name: string
  readonly link: string
  /** The npm package whose version is tried; or the version. */
  readonly version: { readonly package: string } | string
  /** The editions of the contracts that it reads. */
  readonly reads: '3.1 and 3.0' | '3.0'
  readonly needs: string
  readonly cannot: string
}

/** All generators that were tried. */
export const GENERATORS: readonly Generator[] = [
  {
    name: '@hey-api/openapi-ts',
    link: 'https://heyapi.dev',
    version: { package: '@hey-api/openapi-ts' },
    reads: '3.1 and 3.0',
    needs:
      '`-p @hey-api/client-fetch @hey-api/sdk`, and `client.setConfig({ baseUrl })`; TypeScript 5 or 6, and a bundler',
    cannot: '',
  },
  {
    name: 'oazapfts',
    link: 'https://github.com/oazapfts/oazapfts',
    version: { package: 'oazapfts' },
    reads: '3.1 and 3.0',
    needs: '`defaults.baseUrl`; the package `@oazapfts/runtime`',
    cannot:
      'ranges of status codes: in a copy of `genauth-management.openapi.yaml`, replace `"4XX"` with `default`, or its code does not compile',
  },
  {
    name: 'orval',
    link: 'https://orval.dev',
    version: { package: 'orval' },
    reads: '3.1 and 3.0',
    needs: "`client: 'fetch'` and `baseUrl` in its configuration",
    cannot: '',
  },
  {
    name: 'swagger-typescript-api',
    link: 'https://github.com/acacode/swagger-typescript-api',
    version: { package: 'swagger-typescript-api' },
    reads: '3.1 and 3.0',
    needs: "`{ format: 'text' }` with each call; a bundler",
    cannot: 'without a format, it does not read the body',
  },
  {
    name: 'kubb',
    link: 'https://kubb.dev',
    version: { package: '@kubb/core' },
    reads: '3.1 and 3.0',
    needs: 'your own `client` that sends forms',
    cannot: 'its fetch client sends every body as JSON, which providers reject',
  },
  {
    name: 'openapi-generator, Python',
    link: 'https://openapi-generator.tech',
    version: { package: '@openapitools/openapi-generator-cli' },
    reads: '3.0',
    needs: 'Java; `_preload_content=False` with each call',
    cannot:
      'without that, it raises `ValueError` for an empty body and for an error inside a 200, although the token may be revoked',
  },
  {
    name: 'OpenAPI::Client, Perl',
    link: 'https://metacpan.org/pod/OpenAPI::Client',
    version: '1.07',
    reads: '3.0',
    needs: '`$client->revokeToken({}, form => { … })`',
    cannot: 'for 3.1, it fetches a schema from the Internet',
  },
  {
    name: 'swagger-codegen, Python',
    link: 'https://github.com/swagger-api/swagger-codegen',
    version: '3.0.34',
    reads: '3.0',
    needs: '–',
    cannot: 'revoke: it requires all six form fields, of which some exclude each other. Use openapi-generator',
  },
]

/** The table of the guide. */
export function renderTable(root: string): string {
  const rows = GENERATORS.map(
    ({ name, link, version, reads, needs, cannot }) =>
      `| [${name}](${link}) ${typeof version === 'string' ? version : versionOf(root, version.package)} | ${reads} | ${needs} | ${cannot} |`,
  )
  return ['| generator | OpenAPI | what it needs | what it cannot do |', '|---|---|---|---|', ...rows].join('\n')
}

/** As `7.5`; in full if it names a bundled program. */
function versionOf(root: string, name: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'))
  return version.includes('-') ? version.split('-').at(-1) : version.split('.').slice(0, 2).join('.')
}
