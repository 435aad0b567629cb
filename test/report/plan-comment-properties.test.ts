import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plannedComment } from '../../src/app/pull-requests/planned-comment.ts'
import { nextBody } from '../../src/app/pull-requests/report-merged.ts'
import { COMMENT_BYTES, readComment } from '../../src/github/plan-comment.ts'
import { mergedStatus } from '../../src/report/merge-status.ts'
import { reviewedUnits } from '../../src/plan/reviewed.ts'
import { model, planOf, problem, registered, retirement, rollout, shown } from '../support/shown-plans.ts'
import { rendered, unbalanced } from '../support/rendered.ts'

/** What would be Markdown, HTML, a name or a command, in any order, with anything between. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '@team/all ',
          '@bob',
          '#12',
          'GH-7',
          'https://evil.example/',
          'www.evil.example',
          '</details>',
          '<details>',
        ],
        ...[
          '<script>',
          '<!--',
          '-->',
          '<!-- steward:begin -->',
          '<!-- steward:end -->',
          '```',
          '````',
          '`',
          '~~~',
          '|',
        ],
        ...[
          '\n',
          '\r\n',
          '\t',
          '- ',
          '1. ',
          '# ',
          '> ',
          '[x](y)',
          '![x](y)',
          '**',
          '__',
          '\\',
          '&lt;',
          '&#64;bob',
          '$$',
        ],
        ...['::error::x', '##[error]', '\u202e', '\u0000', 'a'.repeat(300), 'ST1201', 'user@example.com'],
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

const value = fc.oneof(nasty, fc.integer(), fc.constant(null), fc.array(nasty, { maxLength: 3 }))
const fields = fc.dictionary(
  nasty.filter((name) => name !== '' && name !== '__proto__'),
  value,
  { maxKeys: 4 },
)

const units = fc.array(
  fc.record({
    name: fc.integer({ min: 0, max: 99_999 }),
    stage: fc.constantFrom('test', 'prod'),
    before: fields,
    after: fields,
    reason: nasty,
  }),
  { maxLength: 60 },
)

const plans = fc.record({
  units,
  problems: fc.array(nasty, { maxLength: 30 }),
  drift: fc.array(nasty, { maxLength: 5 }),
})

describe('any plan', () => {
  const commentOf = (given: typeof plans extends fc.Arbitrary<infer Given> ? Given : never): string => {
    const made = given.units.flatMap(({ name, stage, before, after, reason }) => {
      const unit = model(`m${name}`)
      return [
        registered(unit, 2, after),
        rollout(unit, stage, { model_version: 1, ...before }, { model_version: 2, ...after }, reason),
        retirement(unit, 'old', 1),
      ]
    })
    const plan = planOf(made, {
      diagnostics: given.problems.map((text) => problem('models/a/b/model.yaml', 1, text, text)),
      drift: given.drift.map((message) => ({
        ...{ unit: model('x'), key: `${model('x')}#prod`, class: 'changed_outside' as const, fields: [], message },
      })),
    })
    const metrics = given.problems.slice(0, 5).map((name) => ({
      ...{ key: name, from: 1, to: 2, before: { [name || 'a']: 1 }, after: { [name || 'a']: 2 } },
    }))
    return plannedComment(shown(plan, { metrics, held: made.slice(0, 3) }), {
      root: 'models',
      base: 'b'.repeat(40),
      head: 'a'.repeat(40),
      before: null,
    })
  }

  const check = (text: string): void => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_BYTES)
    const { prose, tags } = rendered(text)
    expect(unbalanced(tags)).toBeNull()
    expect(tags).not.toContain('script')
    expect(tags).not.toContain('img')
    expect(prose).not.toMatch(/(?<![\w/])@[a-z0-9]/i)
    expect(prose).not.toMatch(/(?<!\w)#\d/)
    expect(prose).not.toMatch(/:\/\/|www\.\w/i)
  }

  it('gives a comment within the budget, balanced, that calls nobody and can be read again', () => {
    fc.assert(
      fc.property(plans, (given) => {
        const text = commentOf(given)
        check(text)
        expect(readComment(text)?.state).toBe('planned')
      }),
      { numRuns: 150 },
    )
  })

  it('gives an end of it that is, too, and leaves the plan as it was shown', () => {
    fc.assert(
      fc.property(plans, nasty, (given, text) => {
        const standing = readComment(commentOf(given))
        if (standing === null) throw new Error('it can not be read')
        const told = {
          ...{ state: 'failed' as const, problems: [text, text], changed: [], by: 'the daemon', revision: text },
          deployments: [
            { key: text, stage: text, wanted: 1, live: null, state: text, weight: 10, waitsFor: text, reason: text },
          ],
          stopped: [
            {
              unit: model('x'),
              stage: text,
              pull: 1,
              planned: true,
              now: rollout(model('x'), text, {}, { [text || 'a']: text }, text).actions,
            },
          ],
          causes: [{ commit: 'f'.repeat(40), subject: text, url: null }],
        }
        const body = nextBody(standing, 'failed', mergedStatus(told))
        const { prose, tags } = rendered(body)
        expect(unbalanced(tags)).toBeNull()
        expect(prose).not.toMatch(/(?<![\w/])@[a-z0-9]/i)
        expect(readComment(body)).toMatchObject({
          ...{ state: 'failed', reviewed: standing.reviewed },
          plan: standing.plan.replaceAll(/^> \[!(WARNING|CAUTION)\]$/gm, '>'),
        })
      }),
      { numRuns: 100 },
    )
  })

  it('keeps the units in its record, or the digest alone where they are too many', () => {
    const many = (count: number) =>
      planOf(
        Array.from({ length: count }, (_, at) =>
          rollout(model(`m${at}`), 'prod', { model_version: 1 }, { model_version: 2 }, ''),
        ),
      )
    for (const count of [1, 400, 3_000]) {
      const plan = many(count)
      const text = plannedComment(shown(plan), {
        root: 'models',
        base: 'b'.repeat(40),
        head: 'a'.repeat(40),
        before: null,
      })
      check(text)
      const reviewed = readComment(text)?.reviewed
      expect(reviewed?.digest).toBe(plan.digest)
      if (count < 3_000) expect(reviewed?.units).toEqual(reviewedUnits(plan.units))
      else expect(reviewed?.units).toBeNull()
    }
  })
})
