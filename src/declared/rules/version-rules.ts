import type { Diagnostic } from '../../domain/diagnostics.ts'
import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { CompiledDocument } from '../compile-document.ts'
import type { DeclaredVersion } from '../declared-state.ts'
import { findingAt, findingAtKey, relationAt } from '../findings.ts'
import { changedImmutables } from './immutability.ts'
import { incompatibleChanges } from './inference-changes.ts'
import { versionsHelp } from './named-help.ts'
import type { BaseUnit, UnitContext, UnitInput } from '../unit-context.ts'

type Versions = ReadonlyMap<number, DeclaredVersion>

export interface VersionSubject {
  readonly versions: Versions
  /** Those that could not be read: they are there all the same. */
  readonly broken: ReadonlySet<number>
  readonly model: CompiledDocument | null
}

/** What is wrong with the versions of a model among themselves, and against the base revision. */
export function checkVersions(
  { versions, broken, model }: VersionSubject,
  { base }: Pick<UnitContext, 'base'>,
): Diagnostic[] {
  const sorted = [...versions.values()].sort((a, b) => a.number - b.number)
  const found = base === null ? [] : sorted.flatMap((version) => againstBase(version, versions, base))
  for (const { value, document } of sorted) {
    const next = value.deprecated?.replaced_by
    if (next === undefined || versions.has(next) || broken.has(next)) continue
    const help = versionsHelp([...versions.keys(), ...broken])
    found.push(
      findingAt(document, ['deprecated', 'replaced_by'], {
        code: 'ST1201',
        summary: `version ${next} is not registered`,
        help,
      }),
    )
  }
  if (base !== null) found.push(...inferenceChanges(sorted, model, base))
  return found
}

/** I4, and I5 where two branches took one number. */
function againstBase({ number, document }: DeclaredVersion, versions: Versions, base: BaseUnit): Diagnostic[] {
  const before = base.documents.get(document.path)
  if (before === undefined) return []
  const changed = changedImmutables(before.value, document.value)
  if (changed.length === 0) return []
  if (!base.forkPaths.has(document.path)) return [taken(number, document, versions, base)]
  return changed.map((field) =>
    findingAtKey(document, [field], {
      code: 'ST1209',
      summary: `\`${field}\` of version ${number} is registered and can not change`,
      help: `Put it back, and register the change as versions/${nextFree(versions, base, document)}.yaml.`,
    }),
  )
}

function taken(number: number, document: CompiledDocument, versions: Versions, base: BaseUnit): Diagnostic {
  const next = nextFree(versions, base, document)
  return findingAt(document, [], {
    code: 'ST1222',
    summary: `the number ${number} was taken meanwhile by another version`,
    help: `Rename versions/${number}.yaml to versions/${next}.yaml, and name ${next} where you use it.`,
  })
}

/** The number after every one that is used here or at the base. */
function nextFree(versions: Versions, base: BaseUnit, { path }: CompiledDocument): number {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const there = [...base.paths]
    .filter((each) => each.startsWith(folder))
    .map((each) => Number(/(\d+)\.yaml$/.exec(each)?.[1]))
  return Math.max(0, ...versions.keys(), ...there.filter(Number.isInteger)) + 1
}

/** Versions that the change removes: there before, here no more. */
export function removedVersions(versions: Versions, { path }: UnitInput, base: BaseUnit | null): ReadonlySet<number> {
  if (base === null) return new Set()
  const folder = `${path.slice(0, -'model.yaml'.length)}versions/`
  const numbers = [...base.paths]
    .filter((each) => each.startsWith(folder) && base.forkPaths.has(each))
    .map((each) => Number(each.slice(folder.length, -'.yaml'.length)))
  return new Set(numbers.filter((number) => Number.isInteger(number) && !versions.has(number)))
}

/** What callers must know, told for what the change brings and not for ever. */
function inferenceChanges(
  sorted: readonly DeclaredVersion[],
  model: CompiledDocument | null,
  base: BaseUnit,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const effective = (version: DeclaredVersion | undefined): JsonObject | null =>
    inferenceOf(version?.document) ?? inferenceOf(model)
  for (const [index, version] of sorted.entries()) {
    const previous = sorted[index - 1]
    if (previous === undefined || base.paths.has(version.document.path)) continue
    for (const change of incompatibleChanges(effective(previous), effective(version))) {
      found.push(
        findingAtKey(version.document, ['inference', ...change.path], {
          code: 'ST1224',
          summary: `${change.message} since version ${previous.number}`,
          help: change.help,
          related: [relationAt(previous.document, ['inference'], `version ${previous.number}`)],
        }),
      )
    }
  }
  const before = model === null ? undefined : base.documents.get(model.path)
  if (model === null || before === undefined) return found
  for (const change of incompatibleChanges(inferenceOf(before), inferenceOf(model))) {
    found.push(
      findingAtKey(model, ['inference', ...change.path], {
        code: 'ST1224',
        summary: `${change.message} by this change`,
        help: change.help,
      }),
    )
  }
  return found
}

function inferenceOf(document: CompiledDocument | null | undefined): JsonObject | null {
  const inference = document?.value.inference
  return isJsonObject(inference) ? inference : null
}
