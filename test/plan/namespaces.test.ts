import { describe, expect, test } from 'vitest'
import { planAll } from '../../src/plan/plan-all.ts'
import { catalog, MODEL } from '../support/catalog-builder.ts'
import { nothingRecorded } from '../support/catalog-recorded.ts'

describe('what a namespace says of its models', () => {
  const given = catalog()
    .file('abc/namespace.yaml', 'owner: abc@example.com\ndefaults: {labels: {cost: "1", team: a}}\n')
    .file('abc/claim/namespace.yaml', 'owner: claims@example.com\ndefaults: {labels: {team: b}}\n')

  const actions = (of: typeof given) =>
    planAll({ declared: of.declare(), recorded: nothingRecorded }).units.flatMap((unit) => unit.actions)

  test('is recorded: the nearest owner, where the model names none', () => {
    const ownerOf = (of: typeof given) => actions(of).find(({ kind }) => kind === 'catalog.upsert')?.after?.owner
    expect(ownerOf(given)).toBe('claims@example.com')
    expect(ownerOf(given.model(MODEL, { owner: 'own@example.com' }))).toBe('own@example.com')
  })

  test('lies under the deployment, the nearer over the farther', () => {
    const created = actions(given.deployment(MODEL, 'prod', { model_version: 1, labels: { own: 'x' } }))
    expect(created.find(({ kind }) => kind === 'deployment.create')?.after?.labels).toEqual({
      ...{ cost: '1', team: 'b', own: 'x' },
    })
  })
})
