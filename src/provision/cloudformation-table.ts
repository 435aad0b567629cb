import { keyAttributes, type KeyPair, type TableDefinition } from '../recorded/table-definitions.ts'
import { cloudFormationValue, tableId } from './cloudformation-value.ts'

/** Deleting or replacing the stack's resource leaves what it made. */
export const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const

/** A table as a resource of a template: its name there and what it is. */
export function cloudFormationTable(definition: TableDefinition): readonly [id: string, resource: object] {
  const indexes = definition.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: { ProjectionType: 'ALL' },
  }))
  const resource = {
    Type: 'AWS::DynamoDB::Table',
    ...retained,
    Properties: {
      TableName: cloudFormationValue(`{prefix}${definition.base}`),
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keyAttributes(definition).map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      KeySchema: keySchema(definition),
      ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes }),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      SSESpecification: { SSEEnabled: true },
    },
  }
  return [tableId(definition.base), resource]
}

function keySchema({ partition, sort }: KeyPair): readonly object[] {
  return [
    { AttributeName: partition.name, KeyType: 'HASH' },
    { AttributeName: sort.name, KeyType: 'RANGE' },
  ]
}
