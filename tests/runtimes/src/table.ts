import type { Report } from './desk-server.ts'
import type { Runtime } from './runtimes.ts'

/** One row: a runtime, and what it reported. */
export interface Row {
  readonly runtime: Runtime
  readonly reports: readonly Report[]
}

/** The number of cases that passed, failed, and cannot hold. */
export function count({ reports }: Row): { passed: number; failed: number; cannot: number } {
  const failed = reports.filter(({ error }) => error !== undefined).length
  const cannot = reports.filter((report) => report.cannot !== undefined).length
  return { passed: reports.length - failed - cannot, failed, cannot }
}

/** Writes the page of the docs. Nothing in it depends on the machine or the day. */
export function markdown(rows: readonly Row[], cases: readonly string[]): string {
  const table = rows.map((row) => {
    const { name, version, package: tested } = row.runtime
    const { passed, failed, cannot } = count(row)
    return `| ${name} | ${version} | \`${tested}\` | ${passed} | ${failed} | ${cannot} |`
  })
  const exceptions = rows.flatMap(({ runtime, reports }) =>
    reports.flatMap(({ name, cannot }) => (cannot ? [`| ${runtime.name} | ${name} | ${cannot} |`] : [])),
  )
  return `# Runtimes

Written by \`tests/runtimes\`, which \`npm test\` runs: one suite, one local provider, and each runtime with the packages
as its users get them. Node.js, Bun, workerd and the browser use npm tarballs, and Deno its package from
a JSR registry, and core from its tarball. The last cases test \`@backend-logout/revocations\`
and \`@backend-logout/receiver\`, which every runtime gets from their tarballs.

| runtime | version | package | passed | failed | cannot hold |
|---|---|---|---:|---:|---:|
${table.join('\n')}

An installed Chromium comes first; the version is that of the one from npm. In a page the provider must admit the page's
origin (CORS), must expose \`Retry-After\` and \`WWW-Authenticate\` for them to be seen, and the application must be a public
one, as a page cannot keep a secret. To log out from a page, use \`@backend-logout/browser-proxy\`.

## What cannot hold

These cases are run as well, and have to fail.

| runtime | case | why |
|---|---|---|
${exceptions.join('\n')}

## The cases

${cases.map((name) => `- ${name}`).join('\n')}
`
}
