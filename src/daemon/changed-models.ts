import type { DeclaredState, DeclaredUnit } from '../declared/declared-state.ts'
import { isError } from '../domain/diagnostics.ts'
import { canonicalJson } from '../domain/digest.ts'
import type { Json } from '../domain/json.ts'
import type { ModelId } from '../domain/names.ts'
import { same } from '../domain/objects.ts'
import { identityOf } from '../app/write-revision.ts'

/**
 * The models about which a revision says something else than the one before, both declared by the same declarer, which
 * gives the same object for what is the same. Null where anything else has changed, so that all have to be compared:
 * settings, runtimes, or errors (a broken folder that is deleted is declared neither before nor after).
 */
export function changedModels(before: DeclaredState, after: DeclaredState): ReadonlySet<ModelId> | null {
  if (surroundings(before) !== surroundings(after)) return null
  const models = new Set([...before.units.keys(), ...after.units.keys()])
  return new Set([...models].filter((model) => !sameUnit(before.units.get(model), after.units.get(model))))
}

/** A unit is judged anew where the revision that it is compared with has changed: then it may be the same all the same. */
function sameUnit(before: DeclaredUnit | undefined, after: DeclaredUnit | undefined): boolean {
  if (before === after) return true
  if (before === undefined || after === undefined || before.blocked !== after.blocked) return false
  return same(contentOf(before), contentOf(after))
}

function contentOf({ catalog, versions, deployments }: DeclaredUnit): Json {
  return [
    (catalog?.value ?? null) as unknown as Json,
    [...versions].map(([number, { document }]) => [number, document.value as Json]),
    [...deployments.values()].map(({ name, specDigest, held, resolved }) => [
      ...[name, specDigest, held],
      resolved as unknown as Json,
    ]),
  ]
}

function surroundings(declared: DeclaredState): string {
  const { runtimes, diagnostics, root } = declared
  return canonicalJson({
    root,
    settings: identityOf(declared).settingsDigest,
    runtimes: [...runtimes.values()].map(({ name, method, config }) => [name, method, config]),
    errors: diagnostics
      .filter(isError)
      .map(({ code, path, range, summary }) => [code, path, range.start.line, summary]),
  } as never)
}
