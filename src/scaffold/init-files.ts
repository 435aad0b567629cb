import { editorSettings } from './editor.ts'
import { platformFiles } from './platform.ts'
import { repositoryFiles } from './repository.ts'
import { sampleFiles, type SampleValues } from './sample.ts'
import type { SchemaCopies, ScaffoldFile } from './yaml-text.ts'

export interface InitValues {
  readonly root: string
  readonly namespace: string
  readonly owner: string | null
  /** Text of each schema, by its name (`model`). */
  readonly schemas: ReadonlyMap<string, string>
  /** Null: the catalog has models, or none can be shown. */
  readonly sample: SampleValues | null
}

/** Where a repository that `init` made keeps copies of the schemas: no namespace, as the name begins with `_`. */
export function schemaFolder(root: string): string {
  return `${root}/_schemas`
}

/** Everything that `steward init` writes, in the order in which it is told. */
export function initFiles(values: InitValues): readonly ScaffoldFile[] {
  const { root, namespace, owner, sample } = values
  const schemas: SchemaCopies = { folder: schemaFolder(root), names: [...values.schemas.keys()] }
  return [
    ...platformFiles(root, schemas),
    ...(sample === null ? [] : sampleFiles(sample, schemas)),
    ...[...values.schemas].map(([name, text]) => ({ path: `${schemas.folder}/${name}.schema.json`, text })),
    editorSettings(root, schemas),
    ...repositoryFiles(root, owner, namespace),
  ]
}
