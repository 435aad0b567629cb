import { interleave, type Series } from '../measure.ts'
import { spaced, type Lab } from '../lab.ts'
import { timeNode, timeShell } from '../product.ts'
import type { GoalReport } from '../report.ts'

/** Nothing but Git reading the same documents. */
const FLOOR = 'set -e; git ls-tree -r --format="%(objectname)" HEAD:models | git cat-file --batch --buffer > /dev/null'

/** P1: how much longer than reading takes a whole `validate`, from an empty process to the last diagnostic. */
export async function coldValidate(lab: Lab): Promise<GoalReport> {
  const { main } = await lab.product()
  const series: Series[] = []
  for (const models of lab.options.models) {
    const { repo, documents } = await lab.corpus(models)
    const validate = (): number => timeNode([main, 'validate', '--rev', 'HEAD', '--json'], { cwd: repo })
    // Once for Node's compile cache; the largest corpus is too slow to be read for that alone.
    if (models === lab.options.models[0]) validate()
    series.push(
      ...(await interleave({
        rounds: lab.options.rounds,
        budgetMs: lab.options.budgetMs,
        floor: { name: 'the Git pipe', run: () => timeShell(FLOOR, repo) },
        subjects: [
          {
            name: `${spaced(documents)} documents`,
            goal: '<= 3.6 at 80 000',
            run: validate,
          },
        ],
      })),
    )
  }
  return {
    id: 'P1',
    about: 'validate --rev HEAD --json, whole process, against `git ls-tree | git cat-file`',
    series,
    lines: [],
  }
}
