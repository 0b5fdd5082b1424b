import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parse } from 'yaml'

interface Spec {
  readonly paths: {
    readonly '/revocations': { readonly get: { readonly responses: Record<string, { $ref: string }> } }
  }
  readonly components: {
    readonly responses: Record<string, { headers: Record<string, { $ref: string }>; content: Record<string, unknown> }>
    readonly headers: Record<string, { required?: boolean; schema: object }>
  }
}

const text = readFileSync(new URL('../../../../specs/revocation-feed.openapi.yaml', import.meta.url), 'utf8')
const spec = parse(text) as Spec
// OpenAPI 3.1 schemas are JSON Schema 2020-12; the keywords that OpenAPI adds are not rules.
const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema(spec, 'spec')

/** Violations of the contract in a response. */
async function faultsOf(response: Response): Promise<string[]> {
  const ref = spec.paths['/revocations'].get.responses[response.status]?.$ref.split('/').at(-1) ?? ''
  const described = spec.components.responses[ref]
  if (!described) return [`status ${response.status} is not described`]
  const faults: string[] = []
  for (const [name, { $ref }] of Object.entries(described.headers)) {
    const header = spec.components.headers[$ref.split('/').at(-1) ?? '']
    const value = response.headers.get(name)
    if (value === null ? header?.required : !ajv.validate(header?.schema ?? false, value)) {
      faults.push(`header ${name}: ${value}`)
    }
  }
  for (const name of response.headers.keys()) if (name.startsWith('access-control-')) faults.push(`header ${name}`)
  const type = response.headers.get('content-type') ?? ''
  const pointer = encodeURIComponent(type.replaceAll('/', '~1'))
  const validate = ajv.getSchema(`spec#/components/responses/${ref}/content/${pointer}/schema`)
  if (!validate) return [...faults, `content type ${type} is not described`]
  return validate(await response.clone().json()) ? faults : [...faults, ajv.errorsText(validate.errors)]
}

/** A handler whose every response is checked against the contract. */
export function withContract(
  handler: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await handler(request)
    const faults = await faultsOf(response)
    if (faults.length) throw new Error(`The response violates the contract: ${faults.join('; ')}`)
    return response
  }
}
