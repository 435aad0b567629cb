import { maskTokens } from '../../domain/secret-tokens.ts'

/** So much of a value is repeated in a message. */
const LONGEST = 30

/** Names of which the value is never repeated. */
const secretName = /pass|pwd|secret|token|credential|key/i

/** A value as a message may repeat it: one line, not long, and no secret by its form or its name. */
export function excerpt(value: string, name = ''): string {
  if (secretName.test(name)) return '…'
  const line = maskTokens(value.trim()).replaceAll(/\s+/g, ' ')
  return line.length > LONGEST ? `${line.slice(0, LONGEST).trimEnd()}…` : line
}

/** The same between quotation marks that it does not hold itself. */
export function quoted(value: string, name = ''): string {
  const text = excerpt(value, name)
  if (!text.includes('"') && !text.includes('\\')) return `"${text}"`
  return `'${text.replaceAll("'", "''")}'`
}
