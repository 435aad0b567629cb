import { fitting, planBudget, withPast, writeComment, type PlanComment } from '../../github/plan-comment.ts'
import { reviewedUnits, type ReviewedPlan } from '../../plan/reviewed.ts'
import { planBody, planTitle, type ShownPlan } from '../../report/plan-comment.ts'

/** The text of the comment that shows a plan, in the place of what stood there before. */
export function plannedComment(
  shown: ShownPlan,
  place: Pick<ReviewedPlan, 'base' | 'head'> & { readonly root: string; readonly before: PlanComment | null },
): string {
  const { base, head, root, before } = place
  const reviewed = fitting({
    digest: shown.plan.digest,
    base,
    head,
    units: [...reviewedUnits(shown.plan.units), ...reviewedUnits(shown.held)],
  })
  const same = before?.state === 'planned' && before.reviewed.head === head
  return writeComment({
    ...{ root, reviewed, state: 'planned', status: `### ${planTitle(shown)}` },
    plan: planBody(shown, planBudget(reviewed)),
    history: before === null ? [] : same ? before.history : withPast(before),
  })
}
