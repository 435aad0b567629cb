import type { ModelId } from '../../domain/names.ts'
import type { DeclaredUnit } from '../declared-state.ts'

/** A part of the catalog: the units of one folder and of the folders in it. Shared between revisions. */
export interface UnitBranch {
  /** The branch's path as models write it: `/abc_corp`; empty at the root. */
  readonly namespace: string
  readonly units: ReadonlyMap<ModelId, DeclaredUnit>
  readonly branches: ReadonlyMap<string, UnitBranch>
  /** Units of the whole branch. */
  readonly size: number
}

/** The units of one revision by model, without a copy of those that are the same as before. In the order of paths. */
export class UnitIndex implements ReadonlyMap<ModelId, DeclaredUnit> {
  readonly #root: UnitBranch
  /** Units that are blocked by others: a clash is nobody's own. */
  readonly #blocked: ReadonlySet<ModelId>

  constructor(root: UnitBranch, blocked: ReadonlySet<ModelId> = new Set()) {
    this.#root = root
    this.#blocked = blocked
  }

  get size(): number {
    return this.#root.size
  }

  get(model: ModelId): DeclaredUnit | undefined {
    let branch: UnitBranch | undefined = this.#root
    while (branch !== undefined) {
      const unit = branch.units.get(model)
      if (unit !== undefined) return this.#seen(unit)
      const end: number = model.indexOf('/', branch.namespace.length + 1)
      branch = end === -1 ? undefined : branch.branches.get(model.slice(0, end))
    }
    return undefined
  }

  has(model: ModelId): boolean {
    return this.get(model) !== undefined
  }

  *entries(): MapIterator<[ModelId, DeclaredUnit]> {
    for (const unit of walk(this.#root)) yield [unit.model, this.#seen(unit)]
    return undefined
  }

  *keys(): MapIterator<ModelId> {
    for (const { model } of walk(this.#root)) yield model
    return undefined
  }

  *values(): MapIterator<DeclaredUnit> {
    for (const unit of walk(this.#root)) yield this.#seen(unit)
    return undefined
  }

  forEach(visit: (unit: DeclaredUnit, model: ModelId, map: ReadonlyMap<ModelId, DeclaredUnit>) => void): void {
    for (const [model, unit] of this) visit(unit, model, this)
  }

  [Symbol.iterator](): MapIterator<[ModelId, DeclaredUnit]> {
    return this.entries()
  }

  #seen(unit: DeclaredUnit): DeclaredUnit {
    return this.#blocked.has(unit.model) && !unit.blocked ? { ...unit, blocked: true } : unit
  }
}

function* walk({ units, branches }: UnitBranch): Generator<DeclaredUnit> {
  yield* units.values()
  for (const branch of branches.values()) yield* walk(branch)
}
