import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import type { DocumentKind } from '../catalog/layout.ts'

/**
 * Texts that are secrets whatever they are called, by the forms that their issuers document: AWS access keys, tokens
 * of GitHub, Slack, OpenAI and Google, JSON web tokens, private keys, and passwords in addresses. Nothing of unbounded
 * length begins at every character, so that a long text is looked at in one go.
 */
const tokens =
  /(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60}|xox[abprs]-[A-Za-z0-9-]{10}|sk-[A-Za-z0-9_-]{32}|AIza[A-Za-z0-9_-]{35}|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8}|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|(?<=[a-z0-9+.-]):\/\/[^/\s:@]+:[^/\s:@$]+@/

const everyToken = new RegExp(tokens, 'g')

const secretName =
  /(?:^|[_-])(?:password|passwd|pass|pwd|passphrase|secret|token|credentials?|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|auth[_-]?key)$/i
const harmlessValue =
  /^(?:true|false|none|null|yes|no|on|off|auto|enabled|disabled|default|\d{1,5}|.{0,3})$|^\$|^[a-z-]+:\/\/|^\//i

/** Where a kind has free keys, so that a name may say that its value is a secret. */
const freeKeys: Readonly<Partial<Record<DocumentKind, readonly string[]>>> = {
  Model: ['data_sources'],
  Runtime: ['config'],
}

/** Kinds in which `name` and `value` stand side by side. */
const withVariables: ReadonlySet<DocumentKind> = new Set(['Model', 'Deployment', 'Namespace', 'TrainingPipeline'])

/** Literals that look like secrets, anywhere in a document. The text itself is never repeated. */
export function checkSecrets(kind: DocumentKind, value: JsonObject, document: YamlDocument, text: string): Fault[] {
  // One look at the whole text spares one at every value; escapes may hide what it would see.
  const anyToken = mayHoldToken(text)
  if (!anyToken && !withVariables.has(kind) && freeKeys[kind] === undefined) return []
  const faults: Fault[] = []
  const report = (path: Path, what: string): void => {
    const help = 'Name it with `secret_ref` (aws-secretsmanager: aws-ssm: env: file:), and replace it if it was real.'
    const place = { range: document.rangeOf(path), pointer: `/${path.join('/')}` }
    faults.push({ code: 'ST1213', summary: `${what} holds what looks like a secret`, help, ...place })
  }
  const isToken = (held: string): boolean => anyToken && tokens.test(held)
  const walk = (held: Json | undefined, path: Path): void => {
    if (typeof held === 'string') {
      if (isToken(held) || (isNamed(kind, path) && isLiteral(String(path.at(-1)), held))) report(path, label(path))
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

/** Beginnings of what `tokens` finds: looking for a word is many times faster than the expression. */
const beginnings = ['AKIA', 'ASIA', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'xox', 'sk-', 'AIza', 'eyJ']

/** A message, or a line of a document, with every text that is a secret by its form made unreadable. */
export function maskTokens(text: string): string {
  return mayHoldToken(text) ? text.replaceAll(everyToken, (token) => '*'.repeat(token.length)) : text
}

function mayHoldToken(text: string): boolean {
  if (beginnings.some((word) => text.includes(word)) || text.includes('PRIVATE KEY')) return true
  return (text.includes('://') && text.includes('@')) || text.includes('\\')
}

/** A number is a text whose quotes were forgotten. */
function isVariable({ name, value }: JsonObject): boolean {
  const isScalar = typeof value === 'string' || typeof value === 'number'
  return typeof name === 'string' && isScalar && isLiteral(name, String(value))
}

function isNamed(kind: DocumentKind, [first]: Path): boolean {
  return freeKeys[kind]?.includes(String(first)) === true
}

function isLiteral(name: string, value: string): boolean {
  return secretName.test(name) && !harmlessValue.test(value)
}

function label(path: Path): string {
  return `\`${path.filter((segment) => typeof segment === 'string').join('.')}\``
}
