import type { Diagnostic } from '../../domain/diagnostics.ts'
import { durationText, parseDuration } from '../../domain/durations.ts'
import { normaliseStrategy, type RollingStrategy } from '../../domain/names.ts'
import { bakesOf, stepsOf, wishOf } from '../../rollout/strategy.ts'
import type { Capabilities } from '../../runtimes/capabilities.ts'
import { at, impossible, type DrivenSubject } from './deployment-subject.ts'

/** What a rollout asks for that its target, its strategy or its deadline does not allow. */
export function checkRollout(subject: DrivenSubject, able: Capabilities): Diagnostic[] {
  const { value } = subject
  const strategy = normaliseStrategy(value.rolling_strategy ?? 'rolling')
  const { steps, sticky_header: header } = value.rollout ?? {}
  const found: Diagnostic[] = []
  if (!able.strategies.includes(strategy)) {
    const more = steps === undefined ? '' : ' Remove `rollout.steps` with it.'
    const help = `It can do: ${able.strategies.join(', ')}.${more}`
    return [impossible(subject, ['rolling_strategy'], strategy, help)]
  }
  if (steps !== undefined && strategy !== 'canary') {
    const summary = `\`rollout.steps\` is for a canary; this rollout is ${strategy}`
    const help = 'Write `rolling_strategy: canary`, or remove the steps.'
    found.push(at(subject, ['rollout', 'steps'], { code: 'ST1237', summary, help }))
  }
  const tooLarge =
    strategy === 'canary' ? (steps ?? []).findIndex((step) => step < 100 && step > able.largestCanary) : -1
  if (tooLarge !== -1) {
    const what = `a canary of ${steps?.[tooLarge] ?? 0} %`
    found.push(impossible(subject, ['rollout', 'steps', tooLarge], what, `Its largest is ${able.largestCanary} %.`))
  }
  if (header !== undefined && !able.stickyHeader) {
    found.push(impossible(subject, ['rollout', 'sticky_header'], 'sticky callers', 'Remove `sticky_header`.'))
  }
  return [...found, ...checkDeadline(subject, strategy)]
}

/** A rollout that is watched longer than it may take can only be aborted. */
function checkDeadline(subject: DrivenSubject, strategy: RollingStrategy): Diagnostic[] {
  const { rollout, capacity } = subject.value
  const deadlineMs = parseDuration(rollout?.deadline ?? '')
  if (deadlineMs === null) return []
  const watched = stepsOf(wishOf(rollout, { strategy, replicas: capacity?.replicas ?? 1, replaces: true }))
  const baked = bakesOf(watched)
  if (baked < deadlineMs) return []
  const times = watched.filter(({ bakeMs }) => bakeMs > 0).length
  const each = durationText(baked / times)
  const summary = `the rollout is watched for ${times} × ${each}, not less than its deadline of ${rollout?.deadline}`
  const help = 'Leave `deadline` out, which leaves time for every bake, or make it longer.'
  return [at(subject, ['rollout', 'deadline'], { code: 'ST1238', summary, help })]
}
