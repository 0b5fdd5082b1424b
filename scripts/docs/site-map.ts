/** A part of the site's navigation. */
export interface Section {
  readonly title: string
  /** Markdown files, from the root of the repository. The first heading of each is its title. */
  readonly pages: readonly string[]
  /** The language of the pages, if it is not English. */
  readonly language?: string
}

/** The pages that are made of contracts, and the contracts. */
export const contracts: Readonly<Record<string, string>> = {
  'docs/reference/provider.md': 'specs/provider.openapi.yaml',
  'docs/reference/logout-proxy.md': 'specs/logout-proxy.openapi.yaml',
  'docs/reference/revocation-feed.md': 'specs/revocation-feed.openapi.yaml',
  'docs/reference/back-channel-logout.md': 'specs/back-channel-logout.openapi.yaml',
  'docs/reference/genauth-management.md': 'specs/genauth-management.openapi.yaml',
}

/** The name of the section that holds the reference of all modules. It follows the section `Packages`. */
export const API = 'API'

/** Every page that is written, in the order of the navigation. */
export const sections: readonly Section[] = [
  {
    title: 'Start here',
    pages: [
      'docs/guides/which-package.md',
      'docs/guides/quick-start-node.md',
      'docs/guides/quick-start-deno.md',
      'docs/guides/quick-start-bun-and-workers.md',
      'docs/guides/quick-start-browser.md',
    ],
  },
  {
    title: 'Frameworks',
    pages: [
      'docs/guides/express.md',
      'docs/guides/fastify.md',
      'docs/guides/hono.md',
      'docs/guides/next.md',
      'docs/guides/react-router.md',
      'docs/guides/sveltekit.md',
    ],
  },
  {
    title: 'Providers',
    pages: [
      'docs/guides/genauth-settings.md',
      'docs/guides/migrating-from-genauth-sdks.md',
      'docs/guides/other-providers.md',
      'docs/guides/provider-profiles.md',
      'docs/guides/own-revocation-forms.md',
      'docs/environment.md',
    ],
  },
  {
    title: 'Guides',
    pages: [
      'docs/guides/errors.md',
      'docs/guides/evidence.md',
      'docs/guides/testing-your-logout.md',
      'docs/guides/never-lose-a-logout.md',
      'docs/guides/kubernetes.md',
      'docs/guides/many-machines.md',
      'docs/guides/revoked-means-refused.md',
      'docs/guides/logged-out-everywhere.md',
      'docs/guides/bulk-and-incidents.md',
      'docs/guides/security-model.md',
      'docs/guides/regenerating-clients.md',
      'docs/guides/architecture.md',
    ],
  },
  {
    title: 'Packages',
    pages: [
      'packages/node/README.md',
      'packages/deno/README.md',
      'packages/browser-proxy/README.md',
      'packages/outbox/README.md',
      'packages/revocations/README.md',
      'packages/receiver/README.md',
      'packages/opentelemetry/README.md',
      'packages/private-store/README.md',
      'packages/cli/README.md',
      'packages/emulator/README.md',
      'packages/core/README.md',
    ],
  },
  {
    title: 'Contracts',
    pages: Object.keys(contracts),
  },
  {
    title: 'Results',
    pages: [
      'docs/standards.md',
      'docs/interop.md',
      'docs/provider-reports.md',
      'docs/runtimes.md',
      'docs/security-mutations.md',
      'docs/benchmark.md',
      'docs/outbox-results.md',
      'docs/revocations-results.md',
      'docs/receiver-results.md',
    ],
  },
  {
    title: 'Project',
    pages: ['SECURITY.md', 'CONTRIBUTING.md'],
  },
  {
    title: '简体中文',
    language: 'zh-CN',
    pages: [
      'README.zh-CN.md',
      'docs/zh-CN/quick-start-node.md',
      'docs/zh-CN/genauth-settings.md',
      'docs/zh-CN/migrating-from-genauth-sdks.md',
    ],
  },
]

/** Words that readers search for, and the page that answers. Pages use these words in passing, and names resemble them. */
export const searchWords: Readonly<Record<string, string>> = {
  'docs/guides/which-package.md': 'koa nestjs docker',
  'docs/guides/quick-start-node.md': 'logout node',
  'docs/guides/quick-start-browser.md': 'csrf react vue page',
  'docs/guides/hono.md': 'hono',
  'docs/guides/next.md': 'next nextjs next-auth',
  'docs/guides/react-router.md': 'remix',
  'docs/guides/genauth-settings.md': 'authing console',
  'docs/guides/provider-profiles.md': 'keycloak auth0 okta google entra cognito apple gitlab zitadel hydra',
  'docs/guides/errors.md': '429 timeout client_auth_failed error',
  'docs/guides/testing-your-logout.md': 'test mock ci',
  'docs/guides/never-lose-a-logout.md': 'outage retry queue',
  'docs/guides/revoked-means-refused.md': 'jwt jwks revoked',
  'docs/guides/logged-out-everywhere.md': 'back-channel webhook single',
  'docs/guides/bulk-and-incidents.md': 'csv rate incident leak million',
  'docs/guides/evidence.md': 'verify introspection true',
  'packages/outbox/README.md': 'outbox',
  'docs/zh-CN/quick-start-node.md': '快速开始 登出 撤销',
}

/**
 * The modules of the API reference, by the name under which they are imported. Core is the first: what others re-export is
 * described where it comes from.
 */
export const modules: Readonly<Record<string, string>> = {
  '@backend-logout/core': 'packages/core/src/index.ts',
  '@backend-logout/core/jwt': 'packages/core/src/jwt.ts',
  '@backend-logout/node': 'packages/node/src/index.ts',
  '@backend-logout/deno': 'packages/deno/src/mod.ts',
  '@backend-logout/browser-proxy/client': 'packages/browser-proxy/src/client/index.ts',
  '@backend-logout/browser-proxy/server': 'packages/browser-proxy/src/server/index.ts',
  '@backend-logout/browser-proxy/node': 'packages/browser-proxy/src/node.ts',
  '@backend-logout/outbox': 'packages/outbox/src/index.ts',
  '@backend-logout/private-store': 'packages/private-store/src/index.ts',
  '@backend-logout/private-store/postgres': 'packages/private-store/src/postgres.ts',
  '@backend-logout/private-store/private-files': 'packages/private-store/src/private-files.ts',
  '@backend-logout/revocations': 'packages/revocations/src/index.ts',
  '@backend-logout/revocations/server': 'packages/revocations/src/server/index.ts',
  '@backend-logout/receiver': 'packages/receiver/src/index.ts',
  '@backend-logout/receiver/genauth': 'packages/receiver/src/genauth/index.ts',
  '@backend-logout/opentelemetry': 'packages/opentelemetry/src/index.ts',
  '@backend-logout/emulator': 'packages/emulator/src/index.ts',
}
