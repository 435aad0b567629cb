import { expect, test } from 'vitest'
import { verifyAudit } from '../../../src/app/audit/verify-audit.ts'
import { serving } from '../../crash/scenarios.ts'
import { MODEL, OTHER } from '../../support/catalog-builder.ts'
import { World } from '../../support/harness-world.ts'

test('what a controller writes between two reads is no fault; what stays wrong is', async () => {
  const world = new World()
  await world.run(serving(1).declare())
  const { tables } = world
  const get = tables.get.bind(tables)
  let early = true
  tables.get = async (table, key) => {
    if (!early || table !== 'model-catalog') return get(table, key)
    early = false
    return null
  }
  const { signal } = new AbortController()
  expect(await verifyAudit(tables, [MODEL, OTHER], signal)).toMatchObject({ models: 2, faults: [] })
  tables.get = async () => null
  expect((await verifyAudit(tables, [MODEL, OTHER], signal)).faults).toMatchObject([
    { model: MODEL, key: `model-catalog ${MODEL}` },
  ])
})
