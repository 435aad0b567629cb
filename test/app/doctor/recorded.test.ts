import { describe, expect, test } from 'vitest'
import { App } from '../../../src/app/app.ts'
import { backendCheck } from '../../../src/app/doctor/backend.ts'
import { checkpointCheck, leaseCheck } from '../../../src/app/doctor/recorded.ts'
import { readEnvironment } from '../../../src/app/environment.ts'
import { resolveSettings } from '../../../src/declared/settings.ts'
import { systemClock, systemIds, systemRandomness } from '../../../src/system/clock.ts'
import type { Liveness } from '../../../src/system/processes.ts'
import { FakeTables } from '../../support/fake-tables.ts'

const { signal } = new AbortController()
const identity = { host: 'here', boot: '', pid: 1, started: '' }

function appOf(liveness: Liveness = 'unknown'): App {
  const ports = { clock: systemClock, ids: systemIds, randomness: systemRandomness }
  const place = { repo: '/', root: 'models', stateDir: null, environment: readEnvironment({}).environment }
  return new App({ ...place, ...ports, identity, livenessOf: () => liveness, storeCommand: () => [] })
}

describe('who holds the lease', () => {
  test.each([
    ['alive', false, 'here:7 (epoch 3) holds it and runs'],
    ['dead', false, 'free; here:7 (epoch 3) ended without giving it back'],
    ['unknown', false, 'here:7 (epoch 3) holds it on another machine'],
    ['dead', true, 'free; here:7 (epoch 3) gave it back'],
  ] as const)('%s, released: %s', async (liveness, released, message) => {
    const tables = new FakeTables()
    tables.force('steward-control', { pk: 'lease#writer', sk: 'lease', holder: 'here:7', epoch: 3, released })
    const check = await leaseCheck(appOf(liveness), tables, signal)
    expect(check).toMatchObject({ level: 'ok', message: expect.stringContaining(message) })
  })
})

describe('what was applied last', () => {
  test.each([
    ['settled, of a work tree', true, 'worktree', 'ok', 'worktree, settled'],
    ['not settled', false, 'main@sha1:1', 'warning', 'main@sha1:1 was applied, and rollouts were on their way'],
  ])('%s', async (_, settled, revision, level, message) => {
    const tables = new FakeTables()
    tables.force('steward-control', { pk: 'checkpoint', sk: 'models', revision, settled })
    expect(await checkpointCheck(appOf(), tables, signal)).toMatchObject({ level, message })
  })
})

describe('whether the backend fits to who applies', () => {
  const embedded = { embedded: true, endpoint: null, region: '', prefix: '', local: true }

  test.each([
    [undefined, 'ok', null],
    ['cli', 'ok', null],
    ['daemon', 'warning', 'unless that runs on this machine'],
    ['action', 'warning', 'the Action keeps no state'],
  ] as const)('embedded, applied by %s', (by, level, help) => {
    const check = backendCheck(embedded, resolveSettings(by === undefined ? {} : { apply: { by } }))
    expect(check).toMatchObject({ level, help: help === null ? null : expect.stringContaining(help) })
  })
})
