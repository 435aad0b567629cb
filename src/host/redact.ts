import type { EnvironmentVariable } from './deployment-body.ts'

/** Shorter values are ordinary words: hiding them would hide the text. */
const SHORTEST_HIDDEN = 8
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/\b([\w-]*(?:token|secret|password|passwd|api[_-]?key))(["']?\s*[:=]\s*)["']?[^\s"',;]{4,}/gi, '$1$2***'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, '***'],
  [/(:\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1***@'],
]

/**
 * A server's own words before they leave the host: no values of variables, no credentials, no folder of this machine.
 * Secrets are not in it any more: the log has none.
 */
export function redact(
  text: string,
  known: { readonly folder: string; readonly variables: readonly EnvironmentVariable[] },
): string {
  const values = known.variables
    .map((variable) => ('value' in variable ? variable.value : ''))
    .filter((value) => value.length >= SHORTEST_HIDDEN)
  const hidden = values.reduce((held, value) => held.replaceAll(value, '***'), text.replaceAll(known.folder, '.'))
  return withoutCredentials(hidden)
}

/** What looks like a credential, whoever wrote it. */
export function withoutCredentials(text: string): string {
  return PATTERNS.reduce((held, [pattern, by]) => held.replaceAll(pattern, by), text)
}
