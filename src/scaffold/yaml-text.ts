import { posix } from 'node:path'

/** A file to write: its path in the repository, with `/`, and its text. */
export interface ScaffoldFile {
  readonly path: string
  readonly text: string
}

/** Where the editor finds the schemas, and which there are (`model`, `model-version` …). */
export interface SchemaCopies {
  /** A folder of the repository, with `/`. */
  readonly folder: string
  readonly names: readonly string[]
}

/** Words that some reader of YAML takes for a boolean, null or number. */
const reserved = /^(true|false|yes|no|on|off|y|n|null|nan|inf|infinity)$/i
/** Nothing in it has a meaning between single quotes. */
const singleQuotable = /^[ -&(-~\u00a1-\u024f…]+$/
const plain = /^[A-Za-z][\w@./+-]*( [\w@./+-]+)*$/

/** A value as YAML on one line. Text stays plain where every reader takes it for text. */
export function yamlText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([name, held]) => `${yamlText(name)}: ${yamlText(held)}`)
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  if (typeof value !== 'string') return JSON.stringify(value)
  if (plain.test(value) && !reserved.test(value)) return value
  if (value.includes('"') && singleQuotable.test(value)) return `'${value}'`
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped)
}

/** JSON allows these unescaped, YAML takes them for line breaks or refuses them. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** The comments that tell editors the schema: the YAML language server reads the first, JetBrains the second. */
function schemaLines(path: string, schema: string, schemas: SchemaCopies | null): readonly string[] {
  if (schemas === null || !schemas.names.includes(schema)) return []
  const file = posix.relative(posix.dirname(path), `${schemas.folder}/${schema}.schema.json`)
  return [`# yaml-language-server: $schema=${file}`, `# $schema: ${file}`]
}

export function documentFile(
  path: string,
  lines: readonly string[],
  { schema, schemas }: { readonly schema: string; readonly schemas: SchemaCopies | null },
): ScaffoldFile {
  return { path, text: `${[...schemaLines(path, schema, schemas), ...lines].join('\n')}\n` }
}
