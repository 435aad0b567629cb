import { join } from 'node:path'
import { commitChange } from '../corpus/repository.ts'
import type { Lab } from '../lab.ts'
import { interleave } from '../measure.ts'
import { BARE_NODE, timeNode } from '../product.ts'
import type { GoalReport } from '../report.ts'
import { syncTables } from '../tables.ts'

/** Recording a larger corpus in the embedded tables takes minutes, and it is they who would be measured. */
const MODELS = 100

/** P3: a whole `plan` with the DynamoDB client, against tables that hold everything but the change. */
export async function plan(lab: Lab): Promise<GoalReport> {
  const product = await lab.product()
  // Without deployments: no model host runs here, and open rollouts would be work that is left.
  const corpus = await lab.corpus(MODELS, { deployments: false })
  const tables = await syncTables(product, corpus, join(lab.folder, 'p3'))
  try {
    const options = { cwd: corpus.repo, env: tables.env }
    const planOf = async (count: number): Promise<() => number> => {
      const branch = `changed-${count}`
      await commitChange(corpus.repo, { branch, parent: 'main', count, revision: 1 })
      return () => timeNode([product.main, 'plan', '--rev', branch], options)
    }
    const series = await interleave({
      rounds: lab.options.rounds,
      budgetMs: lab.options.budgetMs,
      warm: true,
      floor: { name: 'bare Node', run: () => timeNode(BARE_NODE, options) },
      subjects: [
        { name: 'nothing changed', goal: 'none', run: () => timeNode([product.main, 'plan'], options) },
        { name: 'one file changed', goal: '<= 5.2', run: await planOf(1) },
        { name: '100 files changed', goal: '<= 8', run: await planOf(100) },
      ],
    })
    const about = `plan of ${MODELS} models that are recorded, whole process, against \`node -e 0\``
    return { id: 'P3', about, series, lines: [] }
  } finally {
    await tables.close()
  }
}
