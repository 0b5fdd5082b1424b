import { parse, stringify } from 'yaml'

type Node = Record<string, unknown>

/**
 * Keywords of JSON Schema that OpenAPI 3.0 does not support. They only narrow the allowed values, so a client works
 * without them.
 */
const UNKNOWN = ['dependentRequired', 'contentMediaType', 'contentSchema', 'jsonSchemaDialect']
/** The values under these names are data, and not a part of the contract. */
const DATA = ['value', 'example', 'default', 'enum', 'const']

/**
 * Converts a contract of OpenAPI 3.1 to 3.0, for generators that support no other version.
 *
 * @param text The contract.
 * @param name The name of its file.
 * @throws Error for a keyword that it cannot express in 3.0
 */
export function toOpenApi30(text: string, name: string): string {
  const { openapi, info, ...rest } = parse(text) as { openapi: string; info: Node }
  if (!openapi.startsWith('3.1.')) throw new Error(`${name} is OpenAPI ${openapi}; 3.1 is expected.`)
  const { summary, description, license, ...others } = info
  const about = [summary, description].filter(Boolean).join('\n\n')
  const document = {
    openapi: '3.0.3',
    info: { ...others, license: convertLicense(license as Node), description: about },
    ...(convert(rest) as Node),
  }
  dropUnused(document)
  const header = `# Generated from specs/${name} by \`npm run generate\`. Do not edit: change that and generate again.\n`
  return header + stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })
}

/** 3.0 identifies a license by its address and not by its identifier (SPDX). */
function convertLicense({ name, identifier }: Node): Node {
  return { name, url: `https://spdx.org/licenses/${identifier}.html` }
}

/** Components to which only unsupported keywords referred are no longer of use. */
function dropUnused(document: Node): void {
  const { schemas } = document.components as { schemas?: Node }
  const text = JSON.stringify(document)
  for (const name of Object.keys(schemas ?? {})) {
    if (schemas && !text.includes(`"#/components/schemas/${name}"`)) delete schemas[name]
  }
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value !== 'object' || value === null) return value
  const node = value as Node
  if (typeof node.$ref === 'string') return convertReference(node as Node & { readonly $ref: string })
  const converted: Node = {}
  for (const [key, child] of Object.entries(node)) {
    if (UNKNOWN.includes(key)) continue
    if (DATA.includes(key) && key !== 'const') converted[key] = child
    else if (key === 'properties') converted[key] = convertMembers(child as Node)
    // In schemas, this is a list; elsewhere, it is a map, which 3.0 also supports.
    else if (key === 'examples' && Array.isArray(child)) converted.example = child[0]
    else if (key === 'const') converted.enum = [child]
    else if (key === 'type' && Array.isArray(child)) Object.assign(converted, convertTypes(child))
    else converted[key] = convert(child)
  }
  return converted
}

/** The names of members may equal those of keywords. */
function convertMembers(members: Node): Node {
  return Object.fromEntries(Object.entries(members).map(([name, schema]) => [name, convert(schema)]))
}

/** In 3.0, no keyword may accompany a reference. */
function convertReference({ $ref, ...beside }: Node & { readonly $ref: string }): Node {
  const isAlone = Object.keys(beside).length === 0 || !$ref.startsWith('#/components/schemas/')
  return isAlone ? { $ref } : { allOf: [{ $ref }], ...(convert(beside) as Node) }
}

function convertTypes(types: readonly unknown[]): Node {
  const others = types.filter((type) => type !== 'null')
  if (others.length !== 1) throw new Error(`No schema of 3.0 has the types ${types.join(', ')}.`)
  return { type: others[0], ...(others.length < types.length && { nullable: true }) }
}
