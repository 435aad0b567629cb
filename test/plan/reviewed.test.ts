import { describe, expect, it } from 'vitest'
import { changedSinceReview, marksOf, reviewedUnits, stopsOf, type Merge } from '../../src/plan/reviewed.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { model, planOf, registered, rollout } from '../support/shown-plans.ts'

const doc = model('doc')
const cost = model('cost')
const to = (version: number, stage = 'prod', unit = doc) =>
  rollout(unit, stage, { model_version: 1 }, { model_version: version }, '')

const merge = (pull: number | null, shown: Plan | null, more: Partial<Merge> = {}): Merge => ({
  commit: 'c'.repeat(40),
  pull,
  changed: [doc],
  affected: [],
  reviewed: shown === null ? null : { digest: shown.digest, base: 'b', head: 'h', units: reviewedUnits(shown.units) },
  ...more,
})

const changed = (now: Plan, merges: readonly Merge[]) =>
  changedSinceReview(now, merges).map(({ unit, stage, pull, planned }) => ({ unit, stage, pull, planned }))

describe('what is applied beside what pull requests have shown', () => {
  const two = planOf([to(2)])
  const three = planOf([to(3)])

  it.each<[why: string, now: Plan, merges: readonly Merge[]]>([
    ['it is the same', two, [merge(1, two)]],
    ['nothing is left to do', planOf([]), [merge(1, two)]],
    ['it was pushed without a pull request', two, [merge(null, null)]],
    ['no plan was shown', two, [merge(1, null)]],
    ['another pull request, which is merged later, shows it as it is now', three, [merge(1, two), merge(2, three)]],
    ['a push afterwards changes it', three, [merge(1, two), merge(null, null)]],
    [
      'it belongs to a model that no merged pull request is about',
      planOf([to(2), to(5, 'prod', cost)]),
      [merge(1, two)],
    ],
    [
      'too many units are kept as one digest, and that is the same',
      two,
      [merge(1, two, { reviewed: { ...two, base: 'b', head: 'h', units: null } })],
    ],
  ])('is as shown where %s', (_why, now, merges) => {
    expect(changed(now, merges)).toEqual([])
  })

  it.each<[why: string, now: Plan, merges: readonly Merge[], expected: object]>([
    ['its plan is another one', three, [merge(1, two)], { unit: doc, stage: 'prod', pull: 1, planned: true }],
    [
      'a later one shows something else',
      two,
      [merge(1, two), merge(2, three)],
      { stage: 'prod', pull: 2, planned: true },
    ],
    [
      'its plan did not name what it changes',
      planOf([to(2, 'test')]),
      [merge(1, planOf([registered(doc, 2, {})]))],
      { stage: 'test', pull: 1, planned: false },
    ],
    [
      'it was blocked when it was planned',
      two,
      [merge(1, planOf([{ unit: doc, stage: null, actions: [], blocked: true }]))],
      { stage: 'prod', planned: false },
    ],
    [
      'too many units are kept as one digest, and that is another',
      two,
      [merge(1, three, { reviewed: { ...three, base: 'b', head: 'h', units: null } })],
      { stage: 'prod', planned: false },
    ],
  ])('is changed where %s', (_why, now, merges, expected) => {
    expect(changed(now, merges)).toMatchObject([expected])
  })

  it('keeps 128 bits for each action', () => {
    expect(marksOf(to(2))).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)])
  })

  const eu = rollout(doc, 'prod', { model_version: 1 }, { model_version: 2 }, '')
  const us = { ...eu, actions: eu.actions.map((action) => ({ ...action, key: `${doc}#us` })) }
  const both = { ...eu, actions: [...eu.actions, ...us.actions] }

  it('is as shown where a run was cut off and a part is left', () => {
    expect(changed(planOf([us]), [merge(1, planOf([both]))])).toEqual([])
    expect(changed(planOf([both]), [merge(1, planOf([us]))])).toHaveLength(1)
  })

  it('is changed where what the model depends on was changed without showing it', () => {
    const other = merge(1, planOf([to(2, 'prod', cost)]), { changed: [cost], affected: [doc] })
    expect(changed(two, [other])).toMatchObject([{ unit: doc, planned: false }])
    expect(changed(two, [merge(1, two), { ...other, pull: 2 }])).toEqual([])
    expect(changed(three, [merge(1, two), { ...other, pull: 2 }])).toMatchObject([{ unit: doc, pull: 1 }])
  })

  it('is as shown where another pull request has shown it too, without changing the model', () => {
    const passing = merge(2, three, { changed: [cost] })
    expect(changed(three, [merge(1, two), passing])).toEqual([])
    expect(changed(two, [merge(1, two), passing])).toEqual([])
  })
})

describe('what a changed plan stops', () => {
  const now = planOf([to(3), to(3, 'test'), registered(doc, 3, {})])
  const found = changedSinceReview(now, [merge(1, planOf([to(2), to(2, 'test'), registered(doc, 3, { a: 1 })]))])
  const stopped = (onChangedPlan: 'stop' | 'stop_protected', protectedStages: readonly string[]) =>
    [
      ...(stopsOf(found, () => ({ protectedStages, onChangedPlan }))
        .get(doc)
        ?.keys() ?? []),
    ].sort()

  it('is protected stages, always', () => {
    expect(stopped('stop_protected', ['prod'])).toEqual(['prod'])
    expect(stopped('stop_protected', ['prod', 'test'])).toEqual(['prod', 'test'])
    expect(stopped('stop_protected', [])).toEqual([])
  })

  it('is everything where the settings say stop, catalog and registry too', () => {
    expect(stopped('stop', [])).toEqual([null, 'prod', 'test'])
  })
})
