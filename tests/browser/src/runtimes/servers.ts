import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { toNodeHandler } from '@backend-logout/browser-proxy/node'
import { build } from 'esbuild'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { Miniflare } from 'miniflare'
import { type ApplicationSettings, createApplication } from './application.ts'

/** A server with the application's endpoint at `/logout`. */
export interface RunningServer extends AsyncDisposable {
  readonly origin: string
}

type Start = (settings: ApplicationSettings) => Promise<RunningServer>

async function listen(listener: RequestListener): Promise<RunningServer> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** Starts a program that prints `port N` once it listens. */
async function run(command: string, args: string[]): Promise<RunningServer> {
  const program = path(`../../node_modules/.bin/${command}`)
  // Without the variable Deno may rewrite the workspace's package.json.
  const env = { ...process.env, DENO_NO_PACKAGE_JSON: '1' }
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  let complaints = ''
  child.stderr.on('data', (data) => {
    complaints += data
  })
  const exited = once(child, 'exit')
  const port = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => line.startsWith('port ') && resolve(line.slice(5)))
  })
  const started = await Promise.race([port, exited.then(() => undefined)])
  if (!started) throw new Error(`${command} did not start: ${complaints}`)
  return {
    origin: `http://127.0.0.1:${started}`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}

export const SERVERS: Readonly<Record<string, Start>> = {
  'node:http': (settings) => listen(toNodeHandler(createApplication(settings))),

  'Express 5': (settings) => {
    const app = express()
    app.all('/logout', toNodeHandler(createApplication(settings)))
    return listen(app)
  },

  'Express 5 with a body parser in front': (settings) => {
    const app = express()
    app.use(express.json({ type: '*/*', limit: '1mb' }))
    app.all('/logout', toNodeHandler(createApplication(settings)))
    return listen(app)
  },

  Fastify: async (settings) => {
    const logout = toNodeHandler(createApplication(settings))
    const app = fastify({ bodyLimit: 1_000_000, forceCloseConnections: true })
    app.register(async (scope) => {
      // The handler reads the body itself.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.all('/logout', (request, reply) => {
        reply.hijack()
        return logout(request.raw, reply.raw)
      })
    })
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    return { origin, [Symbol.asyncDispose]: () => app.close() }
  },

  Hono: (settings) => {
    const logout = createApplication(settings)
    const app = new Hono().all('/logout', (context) => logout(context.req.raw))
    return listen(toNodeHandler(async (request) => app.fetch(request)))
  },

  'Deno.serve': (settings) =>
    run('deno', [
      'run',
      '--quiet',
      '--no-prompt',
      '--no-remote',
      '--node-modules-dir=manual',
      '--allow-net=127.0.0.1',
      path('deno-server.ts'),
      JSON.stringify(settings),
    ]),

  'Bun.serve': (settings) => run('bun', [path('bun-server.ts'), JSON.stringify(settings)]),

  workerd: async (settings) => {
    const { outputFiles } = await build({
      entryPoints: [path('worker.ts')],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      external: ['cloudflare:workers'],
      write: false,
    })
    const worker = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-07-01',
      bindings: { SETTINGS: { ...settings } },
    })
    const url = await worker.ready
    return { origin: url.origin, [Symbol.asyncDispose]: () => worker.dispose() }
  },
}
