import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'
import type { LogoutHandler } from '../server/index.ts'

interface Media {
  readonly schema: object
}
interface Spec {
  readonly paths: { readonly '/logout': { readonly post: { readonly responses: Record<string, { $ref: string }> } } }
  readonly components: {
    readonly parameters: Record<string, { name: string; required?: boolean; schema: object }>
    readonly responses: Record<string, { headers: Record<string, { $ref: string }>; content: Record<string, Media> }>
    readonly headers: Record<string, { required?: boolean; schema: object }>
  }
}

const text = readFileSync(new URL('../../../../specs/logout-proxy.openapi.yaml', import.meta.url), 'utf8')
const spec = parse(text) as Spec
// OpenAPI 3.1 schemas are JSON Schema 2020-12; the keywords that OpenAPI adds are not rules.
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(spec, 'spec')

/** Violations of the contract in a response. */
export async function faultsOfAnswer(response: Response, method = 'POST'): Promise<string[]> {
  const faults: string[] = []
  const ref = spec.paths['/logout'].post.responses[response.status]?.$ref
  const described = spec.components.responses[ref?.split('/').at(-1) ?? '']
  if (!described) return [`status ${response.status} is not described`]
  for (const [name, { $ref }] of Object.entries(described.headers)) {
    const header = spec.components.headers[$ref.split('/').at(-1) ?? '']
    const value = response.headers.get(name)
    if (value === null ? header?.required : !ajv.validate(header?.schema ?? false, value)) {
      faults.push(`header ${name}: ${value}`)
    }
  }
  for (const name of response.headers.keys()) {
    if (name.startsWith('access-control-')) faults.push(`header ${name}`)
  }
  const type = response.headers.get('content-type') ?? ''
  const media = described.content[type]
  if (!media) return [...faults, `content type ${type} is not described`]
  if (method === 'HEAD') return faults
  return [...faults, ...faultsOf(media, `responses/${ref?.split('/').at(-1)}`, type, await response.clone().json())]
}

/** Violations of the contract in a request from a page. */
export async function faultsOfRequest(request: Request): Promise<string[]> {
  const faults: string[] = []
  if (request.method !== 'POST') faults.push(`method ${request.method}`)
  for (const { name, required, schema } of Object.values(spec.components.parameters)) {
    const value = request.headers.get(name)
    if (value === null ? required : !ajv.validate(schema, value)) faults.push(`header ${name}: ${value}`)
  }
  const body = await request.clone().text()
  const type = request.headers.get('content-type')
  if (!body) return type === null ? faults : [...faults, `content type ${type} without a body`]
  if (type !== 'application/json') return [...faults, `content type ${type}`]
  const validate = ajv.getSchema('spec#/components/schemas/LogoutRequest')
  if (!validate?.(JSON.parse(body))) faults.push(ajv.errorsText(validate?.errors))
  return faults
}

function faultsOf(_media: Media, where: string, type: string, body: unknown): string[] {
  const pointer = type.replaceAll('~', '~0').replaceAll('/', '~1')
  const validate = ajv.getSchema(`spec#/components/${where}/content/${encodeURIComponent(pointer)}/schema`)
  if (!validate) return [`no schema at ${where}`]
  return validate(body) ? [] : [ajv.errorsText(validate.errors)]
}

/** A handler whose every response is checked against the contract. */
export function withContract(handler: LogoutHandler): LogoutHandler {
  return async (request) => {
    const response = await handler(request)
    // The second way of calling, by a form, which the contract describes in words: a client of the contract never sees
    // it.
    if (response.status === 303) return response
    const faults = await faultsOfAnswer(response, request.method)
    if (faults.length) throw new Error(`The response violates the contract: ${faults.join('; ')}`)
    return response
  }
}
