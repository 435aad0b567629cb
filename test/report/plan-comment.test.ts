import { describe, expect, it } from 'vitest'
import { nextBody } from '../../src/app/pull-requests/report-merged.ts'
import { plannedComment } from '../../src/app/pull-requests/planned-comment.ts'
import { COMMENT_BYTES, readComment } from '../../src/github/plan-comment.ts'
import { mergedStatus, type MergedOutcome } from '../../src/report/merge-status.ts'
import type { ShownPlan } from '../../src/report/plan-comment.ts'
import { model, planOf, problem, registered, retirement, rollout, shown } from '../support/shown-plans.ts'
import { rendered, unbalanced } from '../support/rendered.ts'

const place = { root: 'models', base: 'b'.repeat(40), head: 'a'.repeat(40), before: null }
const comment = (what: ShownPlan): string => plannedComment(what, place)

const doc = model('doc_classification')
const promotion = shown(
  planOf([
    rollout(doc, 'prod', { model_version: 2 }, { model_version: 3 }, 'version 2 → 3; canary: 10 %, 50 %, then all'),
  ]),
  {
    metrics: [
      { key: `${doc}#prod`, from: 2, to: 3, before: { accuracy: 0.93 }, after: { accuracy: 0.942, f1: 0.931 } },
    ],
  },
)

const many = shown(
  planOf(
    Array.from({ length: 250 }, (_, at) => model(`model_${String(at).padStart(3, '0')}`)).flatMap((unit) => [
      registered(unit, 4, { description: 'Next.', serving: { command: ['node', 'serve.mjs'] } }),
      rollout(unit, 'test', { model_version: 3 }, { model_version: 4 }, 'version 3 → 4'),
    ]),
  ),
)

const hostile =
  '</details><!-- steward:end --> @team #1 GH-2 [x](http://evil.example) ```\n# big | `code` <img src=x onerror=1> &amp; www.evil.example'
const hostilePlan = shown(
  planOf(
    [
      rollout(doc, 'prod', { model_version: 2, note: hostile }, { model_version: 3, note: `${hostile}!` }, hostile),
      registered(doc, 3, { description: hostile, [hostile]: hostile }),
    ],
    {
      diagnostics: [problem('models/abc_corp/claim/x|y.yaml', 3, hostile, hostile)],
      drift: [{ unit: doc, key: `${doc}#prod`, class: 'changed_outside', fields: ['replicas'], message: hostile }],
    },
  ),
  { metrics: [{ key: `${doc}#prod`, from: 2, to: 3, before: { [hostile]: 1 }, after: { [hostile]: 2 } }] },
)

const outcome = (more: Partial<MergedOutcome>): MergedOutcome => ({
  state: 'applied',
  deployments: [],
  problems: [],
  stopped: [],
  changed: [],
  causes: [],
  by: 'the GitHub Action',
  revision: `main@sha1:${'e'.repeat(40)}`,
  ...more,
})

const deployed = (more: Partial<MergedOutcome['deployments'][number]>): MergedOutcome['deployments'][number] => ({
  ...{ key: `${doc}#prod`, stage: 'prod', wanted: 3, live: 3, state: 'live', weight: 100, waitsFor: null, reason: '' },
  ...more,
})

const after = (told: MergedOutcome): string => {
  const standing = readComment(comment(promotion))
  if (standing === null) throw new Error('the comment can not be read')
  return nextBody(standing, told.state, mergedStatus(told))
}

const cases: Readonly<Record<string, string>> = {
  'nothing-changed': comment(shown(planOf([]))),
  'one-promotion': comment(promotion),
  'five-hundred-changes': comment(many),
  errors: comment(
    shown(
      planOf([{ unit: doc, stage: null, actions: [], blocked: true }], {
        diagnostics: [
          problem(
            'models/abc_corp/claim/doc_classification/deployments/prod.yaml',
            2,
            'version 9 is not registered',
            'Registered: 1, 2, 3.',
          ),
          problem(
            'models/abc_corp/claim/doc_classification/model.yaml',
            7,
            '`descriptoin` is no field of Model',
            'The nearest known name is description.',
          ),
        ],
      }),
    ),
  ),
  'prod-retirement': comment(
    shown(planOf([retirement(doc, 'prod', 3)]), {
      refusals: [{ guard: 'I6', message: '1 of 1 deployments in prod would be deleted (max_deletes 0, 0 %)' }],
    }),
  ),
  held: after(
    outcome({
      state: 'waiting',
      deployments: [
        deployed({ live: 2, state: 'held', weight: 10, waitsFor: 'the end of its hold (audit), until 2026-12-04' }),
      ],
    }),
  ),
  applied: after(outcome({ deployments: [deployed({})] })),
  failed: after(
    outcome({
      state: 'failed',
      deployments: [deployed({ live: 2, state: 'rolled_back', weight: 0 })],
      problems: [`${doc}#prod: version 3 rolled back: it was not ready in time: Error: no module named words`],
    }),
  ),
  stopped: after(
    outcome({
      state: 'failed',
      deployments: [deployed({ live: 2, state: 'live', wanted: 3 })],
      stopped: [
        {
          ...{ unit: doc, stage: 'prod', pull: 7, planned: true },
          now: rollout(
            doc,
            'prod',
            { model_version: 2 },
            { model_version: 3, environment_variables: [{ name: 'MODE', value: 'fast' }] },
            '',
          ).actions,
        },
      ],
      causes: [
        { commit: 'f'.repeat(40), subject: 'Fast mode', url: 'https://github.example.com/abc/models/commit/ffffff' },
      ],
    }),
  ),
  'hostile-names': comment(hostilePlan),
}

describe('the comment of a plan', () => {
  it.each(Object.entries(cases))('reads as agreed: %s', async (name, text) => {
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/${name}.md`)
  })

  it.each(Object.entries(cases))('fits, is balanced and calls nobody: %s', (_name, text) => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_BYTES)
    const { prose, tags } = rendered(text)
    expect(unbalanced(tags)).toBeNull()
    expect(prose).not.toMatch(/@[a-z0-9]|#\d|GH-\d|:\/\/|www\.\w/i)
    expect(tags).not.toContain('img')
    expect(readComment(text)).not.toBeNull()
  })

  it('says how many changes it does not list, and keeps every unit in its record', () => {
    expect(cases['five-hundred-changes']).toMatch(/\*\*\d+ more changes are not listed here\*\*|500 to/)
    expect(readComment(cases['five-hundred-changes'] ?? '')?.reviewed.units).toHaveLength(500)
  })
})
