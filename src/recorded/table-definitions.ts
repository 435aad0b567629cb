/** The tables that hold what is recorded, as data: for creation, comparison and printing (docs/tables.md). */

export type TableBase =
  'model-catalog' | 'model-registry' | 'model-deployment' | 'model-stage-governance' | 'steward-control'

/** A key attribute and its DynamoDB type: string or number. */
export interface KeyAttribute {
  readonly name: string
  readonly type: 'S' | 'N'
}

export interface KeyPair {
  readonly partition: KeyAttribute
  readonly sort: KeyAttribute
}

/** A global secondary index. Every index projects all attributes. */
export interface IndexDefinition extends KeyPair {
  readonly name: string
}

/** A table, billed per request. `base` is its name before the prefix of the settings. */
export interface TableDefinition extends KeyPair {
  readonly base: TableBase
  readonly indexes: readonly IndexDefinition[]
}

const text = (name: string): KeyAttribute => ({ name, type: 'S' })
const number = (name: string): KeyAttribute => ({ name, type: 'N' })

export const TABLE_DEFINITIONS: readonly TableDefinition[] = [
  {
    base: 'model-catalog',
    partition: text('namespace'),
    sort: text('model_name'),
    indexes: [{ name: 'by-owner', partition: text('owner'), sort: text('model') }],
  },
  {
    base: 'model-registry',
    partition: text('model'),
    sort: number('model_version'),
    indexes: [{ name: 'by-url', partition: text('url'), sort: number('model_version') }],
  },
  {
    base: 'model-deployment',
    partition: text('model'),
    sort: number('deployment_id'),
    indexes: [
      { name: 'live-by-stage', partition: text('live_stage'), sort: text('model') },
      { name: 'by-stage', partition: text('stage'), sort: text('served_from') },
    ],
  },
  {
    base: 'model-stage-governance',
    partition: text('model_group'),
    sort: text('stage_version'),
    indexes: [{ name: 'by-status', partition: text('model_status'), sort: text('model_group') }],
  },
  { base: 'steward-control', partition: text('pk'), sort: text('sk'), indexes: [] },
]

/** The attributes that are keys of a table or of its indexes, each once: DynamoDB wants their types declared. */
export function keyAttributes(definition: TableDefinition): readonly KeyAttribute[] {
  const pairs: readonly KeyPair[] = [definition, ...definition.indexes]
  const attributes = pairs.flatMap(({ partition, sort }) => [partition, sort])
  return [...new Map(attributes.map((attribute) => [attribute.name, attribute])).values()]
}

/** The name of a table in DynamoDB: `prefix` is `tables.prefix` of the settings, '' by default. */
export function tableName(base: TableBase, prefix: string): string {
  return `${prefix}${base}`
}
