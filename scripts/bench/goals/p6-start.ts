import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { modelText } from '../corpus/model.ts'
import { seededRandom } from '../corpus/random.ts'
import type { Lab } from '../lab.ts'
import { interleave } from '../measure.ts'
import { BARE_NODE, mustSucceed, timeNode } from '../product.ts'
import type { GoalReport } from '../report.ts'

/** P6: what a start costs that needs no runtime and no table. */
export async function start(lab: Lab): Promise<GoalReport> {
  const { main } = await lab.product()
  const cwd = oneFileRepository(join(lab.folder, 'one-file'))
  const series = await interleave({
    rounds: lab.options.rounds * 3,
    budgetMs: lab.options.budgetMs,
    warm: true,
    floor: { name: 'bare Node', run: () => timeNode(BARE_NODE, { cwd }) },
    subjects: [
      { name: '--version', goal: '<= 1.15', run: () => timeNode([main, '--version'], { cwd }) },
      { name: '--help', goal: '<= 1.15', run: () => timeNode([main, '--help'], { cwd }) },
      { name: 'validate of one file', goal: '<= 1.5', run: () => timeNode([main, 'validate'], { cwd }) },
    ],
  })
  return { id: 'P6', about: 'start-up, without the launcher, against `node -e 0`', series, lines: [] }
}

function oneFileRepository(folder: string): string {
  const model = join(folder, 'models', 'line_00', 'claims', 'doc_type')
  mkdirSync(model, { recursive: true })
  writeFileSync(join(model, 'model.yaml'), modelText(0, seededRandom(0)))
  mustSucceed(['git init'], spawnSync('git', ['init', '--quiet', folder], { encoding: 'utf8' }))
  return folder
}
