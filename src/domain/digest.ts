import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Json } from './json.ts'

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly __brand: 'Digest' }

/** Bare lower-case hexadecimal sha256, as in the field `sha256` of documents and object metadata. */
export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Canonical JSON (RFC 8785): the same value gives the same text, whatever the order of its keys. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a value without a JSON form can not be canonicalised')
  return text
}

export function digestOf(value: Json): Digest {
  return `sha256:${sha256Hex(canonicalJson(value))}` as Digest
}
