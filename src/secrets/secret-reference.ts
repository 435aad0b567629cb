export interface SecretReference {
  readonly scheme: string
  readonly name: string
}

/** The forms of a name, by scheme; for messages and checks. */
const FORMS: ReadonlyMap<string, { readonly form: string; readonly pattern: RegExp }> = new Map([
  ['env', { form: 'env:NAME', pattern: /^[A-Za-z_][A-Za-z0-9_]*$/ }],
  // A path that is not normal could be one below the state folder in disguise, and reads badly in messages.
  ['file', { form: 'file:/absolute/path', pattern: /^(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}]+)+$/u }],
])

/** Schemes of the documents that other programs than this one resolve; named so that the message can say so. */
const ELSEWHERE = ['aws-secretsmanager', 'aws-ssm']

/** The schemes that a reference on this machine may have. */
export const LOCAL_SCHEMES: readonly string[] = [...FORMS.keys()]

/** The reference's parts. */
export function parseSecretReference(reference: string): SecretReference {
  const colon = reference.indexOf(':')
  return { scheme: reference.slice(0, Math.max(colon, 0)), name: reference.slice(colon + 1) }
}

/**
 * What is wrong with a reference, or null. The text never repeats what was given: somebody may have written the secret
 * itself in the reference's place.
 */
export function problemOfReference(reference: string): string | null {
  const { scheme, name } = parseSecretReference(reference)
  const supported = `supported are ${[...FORMS.values()].map(({ form }) => form).join(' and ')}`
  if (ELSEWHERE.includes(scheme)) return `the scheme ${scheme}: is not supported here; ${supported}`
  const form = FORMS.get(scheme)
  if (form === undefined) return `it has no scheme that is supported here; ${supported}`
  if (name.length > 4096 || !form.pattern.test(name)) return `it must have the form ${form.form}`
  return null
}
