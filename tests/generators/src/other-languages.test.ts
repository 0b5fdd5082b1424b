import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Emulator, startEmulator } from '@backend-logout/emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { resolve } = createRequire(import.meta.url)
const spec = resolve('@backend-logout/core/specs/provider.openapi-3.0.yaml')
const jar = join(import.meta.dirname, '../node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar')
const folder = mkdtempSync(join(tmpdir(), 'backend-logout-generators-'))

let provider: Emulator
beforeAll(async () => {
  provider = await startEmulator({ accessTokenFormat: 'opaque' })
})
afterAll(async () => {
  await provider.close()
  rmSync(folder, { recursive: true })
})

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
const hasPython = runs('java', '-version') && runs('python3', '-c', 'import urllib3, six, dateutil, certifi')
/** Where Perl finds OpenAPI::Client: where it is installed, or in Debian's packages, unpacked. */
const perlLibraries = runs('perl', '-MOpenAPI::Client', '-e', '1') ? [] : unpackedPerl()

function unpackedPerl(): string[] | undefined {
  const target = join(folder, 'perl')
  mkdirSync(target)
  const packages = ['libopenapi-client-perl', 'libjson-validator-perl', 'libmojolicious-perl', 'libyaml-libyaml-perl']
  const options = { cwd: target, stdio: 'ignore', timeout: 60_000 } as const
  try {
    execFileSync('apt-get', ['download', ...packages, 'openapi-specification'], options)
    for (const file of readdirSync(target)) execFileSync('dpkg', ['-x', file, '.'], options)
  } catch {
    return undefined
  }
  const compiled = join(target, 'usr/lib')
  const found = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /perl5\/5\.\d+$/.test(path),
  )
  const libraries = [join(target, 'usr/share/perl5'), ...found.map((path) => join(compiled, path))]
  return runs('perl', ...libraries.map((path) => `-I${path}`), '-MOpenAPI::Client', '-e', '1') ? libraries : undefined
}

/** Runs a program that revokes the token in its environment, and gives the status and body that it prints. */
async function answerOf(command: string, args: readonly string[], token: string): Promise<string> {
  const { appHost, app } = provider
  const env = { BASE: `${appHost}/oidc`, CLIENT_ID: app.appId, CLIENT_SECRET: app.appSecret ?? '', TOKEN: token }
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return stdout.trim() || stderr
}

async function testClient(command: string, args: readonly string[]): Promise<void> {
  const [token] = (await provider.issueTokens(1)) as [string]
  // An error inside a 200 is something that the caller can see.
  provider.answerNext({ envelopeError: { statusCode: 403, message: 'no' } })
  expect(await answerOf(command, args, token)).toMatch(/^200 \{.*"statusCode":403.*\}$/)
  expect(await provider.isActive(token)).toBe(true)
  expect(await answerOf(command, args, token)).toBe('200')
  expect(await provider.isActive(token)).toBe(false)
}

test.runIf(hasPython)('openapi-generator generates a Python client that revokes', { timeout: 120_000 }, async () => {
  const target = join(folder, 'python')
  execFileSync('java', ['-jar', jar, 'generate', '-g', 'python', '-i', spec, '-o', target], { stdio: 'ignore' })
  const program = `
import os, sys
sys.path.insert(0, ${JSON.stringify(target)})
import openapi_client
configuration = openapi_client.Configuration(host=os.environ['BASE'])
api = openapi_client.RevocationApi(openapi_client.ApiClient(configuration))
answer = api.revoke_token(
    os.environ['TOKEN'],
    client_id=os.environ['CLIENT_ID'],
    client_secret=os.environ['CLIENT_SECRET'],
    _preload_content=False,
)
print(answer.status, answer.data.decode())
`
  writeFileSync(join(folder, 'revoke.py'), program)
  await testClient('python3', [join(folder, 'revoke.py')])
})

test.runIf(perlLibraries)('OpenAPI::Client creates a Perl client that revokes', { timeout: 60_000 }, async () => {
  const program = `
use OpenAPI::Client;
my $client = OpenAPI::Client->new($ARGV[0]);
$client->base_url(Mojo::URL->new($ENV{BASE}));
my %form = (token => $ENV{TOKEN}, client_id => $ENV{CLIENT_ID}, client_secret => $ENV{CLIENT_SECRET});
my $answer = $client->revokeToken({}, form => \\%form)->res;
print $answer->code, ' ', $answer->body, "\\n";
`
  writeFileSync(join(folder, 'revoke.pl'), program)
  const libraries = (perlLibraries ?? []).map((path) => `-I${path}`)
  await testClient('perl', [...libraries, join(folder, 'revoke.pl'), spec])
})
