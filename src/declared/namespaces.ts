import { sha256Hex } from '../domain/digest.ts'
import type { NamespaceDocument } from '../domain/generated/namespace.ts'
import type { CompiledDocument } from './compile-document.ts'

/** The namespace documents that hold for a folder, the outermost first. */
export interface NamespaceChain {
  /** Names the documents: equal ids hold the same. */
  readonly id: string
  readonly links: readonly NamespaceLink[]
  /** One of the documents is broken: what it would allow is unknown, so everything below is blocked. */
  readonly broken: boolean
}

export interface NamespaceLink {
  readonly value: NamespaceDocument
  readonly document: CompiledDocument
}

export const noNamespaces: NamespaceChain = { id: '', links: [], broken: false }

/** The chain one folder further in. `document` is null where the namespace.yaml is broken, undefined where none is. */
export function extendChain(
  chain: NamespaceChain,
  document: CompiledDocument | null | undefined,
  oid: string,
): NamespaceChain {
  if (document === undefined) return chain
  const id = sha256Hex(`${chain.id} ${oid}`)
  if (document === null) return { id, links: chain.links, broken: true }
  const link = { value: document.value as unknown as NamespaceDocument, document }
  return { id, links: [...chain.links, link], broken: chain.broken }
}

/** The nearest namespace that names an owner. */
function ownerLink({ links }: NamespaceChain): NamespaceLink | undefined {
  return links.findLast(({ value }) => value.owner !== undefined)
}

export function ownerOf(chain: NamespaceChain): string | undefined {
  return ownerLink(chain)?.value.owner
}

/** The document that the owner comes from. */
export function ownerOrigin(chain: NamespaceChain): CompiledDocument | null {
  return ownerLink(chain)?.document ?? null
}

/** Whether `name` matches one of the patterns, in which `*` stands for any text and `?` for one character. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name, pattern))
}

/** Only the last `*` is ever tried again: as a regular expression, a pattern of many could take for ever. */
function matches(name: string, pattern: string): boolean {
  let [at, next, star, tried] = [0, 0, -1, 0]
  while (at < name.length) {
    const wanted = pattern[next]
    if (wanted === '*') [star, tried, next] = [next, at, next + 1]
    else if (wanted === '?' || (wanted !== undefined && wanted === name[at])) [at, next] = [at + 1, next + 1]
    else if (star !== -1) [at, next, tried] = [tried + 1, star + 1, tried + 1]
    else return false
  }
  return [...pattern.slice(next)].every((left) => left === '*')
}
