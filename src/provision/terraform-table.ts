import { keyAttributes, type TableDefinition } from '../recorded/table-definitions.ts'
import { attribute, block, type HclItem } from './hcl.ts'
import { resourceName, terraformValue } from './terraform-value.ts'

/** A plan that would destroy it fails. */
export const kept = block('lifecycle', [attribute('prevent_destroy', true)])

/** A table as a resource. */
export function terraformTable(definition: TableDefinition): HclItem {
  return block(`resource "aws_dynamodb_table" "${resourceName(definition.base)}"`, [
    attribute('name', terraformValue(`{prefix}${definition.base}`)),
    attribute('billing_mode', 'PAY_PER_REQUEST'),
    attribute('hash_key', definition.partition.name),
    attribute('range_key', definition.sort.name),
    attribute('deletion_protection_enabled', true),
    ...keyAttributes(definition).map(({ name, type }) =>
      block('attribute', [attribute('name', name), attribute('type', type)]),
    ),
    ...definition.indexes.map(({ name, partition, sort }) =>
      block('global_secondary_index', [
        attribute('name', name),
        attribute('hash_key', partition.name),
        attribute('range_key', sort.name),
        attribute('projection_type', 'ALL'),
      ]),
    ),
    block('point_in_time_recovery', [attribute('enabled', true)]),
    block('server_side_encryption', [attribute('enabled', true)]),
    kept,
  ])
}
