import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import { isSecretToken, mayHoldToken } from '../../domain/secret-tokens.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import type { DocumentKind } from '../catalog/layout.ts'

const secretName =
  /(?:^|[_-])(?:password|passwd|pass|pwd|passphrase|secret|token|credentials?|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|auth[_-]?key)$/i
const harmlessValue =
  /^(?:true|false|none|null|yes|no|on|off|auto|enabled|disabled|default|\d{1,5}|.{0,3})$|^\$|^[a-z-]+:\/\/|^\//i

/** Where a kind has free keys, so that a name may say that its value is a secret. */
const freeKeys: Readonly<Partial<Record<DocumentKind, readonly string[]>>> = {
  Model: ['data_sources'],
  Runtime: ['config'],
}

/** Whether a name may say that its value is a secret: variables, and free keys. Most documents have neither. */
function mayNameOne(kind: DocumentKind, value: JsonObject): boolean {
  if (freeKeys[kind]?.some((field) => value[field] !== undefined) === true) return true
  if (kind === 'TrainingPipeline') return true
  const holder = kind === 'Model' ? value.deployment_defaults : kind === 'Namespace' ? value.defaults : value
  const variables = isJsonObject(holder) ? holder.environment_variables : undefined
  return Array.isArray(variables) && variables.some((variable) => isJsonObject(variable) && isVariable(variable))
}

/** Literals that look like secrets, anywhere in a document. The text itself is never repeated. */
export function checkSecrets(kind: DocumentKind, value: JsonObject, document: YamlDocument, text: string): Fault[] {
  // One look at the whole text spares one at every value; escapes may hide what it would see.
  const anyToken = mayHoldToken(text)
  if (!anyToken && !mayNameOne(kind, value)) return []
  const faults: Fault[] = []
  const report = (path: Path, what: string): void => {
    const help = 'Name it with `secret_ref` (aws-secretsmanager: aws-ssm: env: file:), and replace it if it was real.'
    const place = { range: document.rangeOf(path), pointer: `/${path.join('/')}` }
    faults.push({ code: 'ST1213', summary: `${what} holds what looks like a secret`, help, ...place })
  }
  const isToken = (held: string): boolean => anyToken && isSecretToken(held)
  const walk = (held: Json | undefined, path: Path): void => {
    if (typeof held === 'string') {
      if (isToken(held) || (isNamed(kind, path) && (isLiteral(String(path.at(-1)), held) || isNoReference(path, held))))
        report(path, label(path))
    } else if (Array.isArray(held)) {
      held.forEach((element: Json, index) => walk(element, [...path, index]))
    } else if (isJsonObject(held)) {
      if (isVariable(held) && !isToken(String(held.value)))
        report([...path, 'value'], `the variable ${String(held.name)}`)
      for (const [name, element] of Object.entries(held)) walk(element, [...path, name])
    }
  }
  walk(value, [])
  return faults
}

/** A number is a text whose quotes were forgotten. */
function isVariable({ name, value }: JsonObject): boolean {
  const isScalar = typeof value === 'string' || typeof value === 'number'
  return typeof name === 'string' && isScalar && isLiteral(name, String(value))
}

function isNamed(kind: DocumentKind, [first]: Path): boolean {
  return freeKeys[kind]?.includes(String(first)) === true
}

/** What a `secret_ref` may hold; elsewhere than under free keys the schema says so. */
const reference = /^(?:aws-secretsmanager|aws-ssm|env|file):./

function isNoReference(path: Path, held: string): boolean {
  return /^(?:secret|token)_ref$/.test(String(path.at(-1))) && !reference.test(held)
}

function isLiteral(name: string, value: string): boolean {
  // apiKey and accessToken as api_key and access_token.
  const separate = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
  return secretName.test(separate) && !harmlessValue.test(value)
}

function label(path: Path): string {
  return `\`${path.filter((segment) => typeof segment === 'string').join('.')}\``
}
