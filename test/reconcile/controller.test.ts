import { expect, test } from 'vitest'
import { AuditLog } from '../../src/recorded/audit.ts'
import { RolloutPlaces } from '../../src/reconcile/rollout-places.ts'
import { Controller } from '../../src/reconcile/controller.ts'
import { writerOf } from '../recorded/writer.ts'
import { catalog, MODEL } from '../support/catalog-builder.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FakeDriver } from '../support/fake-driver.ts'
import { FakeTables } from '../support/fake-tables.ts'

test('a unit that was blocked is looked at again under the next intent, although nothing is planned for it', async () => {
  const [tables, clock, driver] = [new FakeTables(), new FakeClock({ auto: true }), new FakeDriver()]
  const ports = {
    ...{ tables, clock, writer: writerOf(1), audit: new AuditLog(tables, clock), driver: () => driver },
    places: new RolloutPlaces(),
    resolveArtifact: (uri: string) => `file:///artifacts/${uri}`,
    verifyArtifacts: async () => [],
  }
  const intent = (declared: ReturnType<ReturnType<typeof catalog>['declare']>) => ({
    ...{ declared, planDigest: null, allowDeletes: true },
  })
  const broken = catalog().deployment(MODEL, 'prod', { model_version: 12 })
  const controller = new Controller(ports, intent(catalog().declare()), { randomness: { next: () => 0 } })
  const { signal } = new AbortController()
  controller.enqueue([MODEL], 'change')
  await controller.untilIdle(signal)
  controller.aim(intent(broken.declare()))
  controller.enqueue([MODEL], 'change')
  await controller.untilIdle(signal)
  expect(controller.results.get(MODEL)?.problems).toHaveLength(1)
  controller.aim(intent(catalog().declare()))
  await controller.untilIdle(signal)
  expect(controller.results.get(MODEL)?.problems).toEqual([])
  const status = await tables.get('steward-control', { pk: `unit#${MODEL}`, sk: 'status' })
  expect(status).toMatchObject({ sync: 'Synced', health: 'Healthy' })
})
