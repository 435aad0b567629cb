import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spaced, type Lab } from '../lab.ts'
import { interleave } from '../measure.ts'
import { timeNode } from '../product.ts'
import type { GoalReport } from '../report.ts'

const FILE_VARIABLE = 'BENCH_PEAK_FILE'
/** Preloaded into the measured process: writes the peak of its memory, in KiB, when it ends. */
const HOOK = `process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.${FILE_VARIABLE}, String(process.resourceUsage().maxRSS))
})
`

/** P7: the peak memory of a cold validate, as a ratio between sizes. Memory does not wander as times do: three rounds. */
export async function memory(lab: Lab): Promise<GoalReport> {
  const about = 'peak resident memory of validate --rev HEAD --json, against the smallest corpus'
  const [smallest, ...larger] = lab.options.models
  if (smallest === undefined || larger.length === 0) {
    return { id: 'P7', about, series: [], lines: ['needs two sizes, for example --models 100,10000'] }
  }
  const { main } = await lab.product()
  const hook = join(lab.folder, 'peak.cjs')
  const file = join(lab.folder, 'peak')
  writeFileSync(hook, HOOK)
  const peaks = new Map<number, number>()
  const peak = async (models: number): Promise<number> => {
    const { repo } = await lab.corpus(models)
    timeNode(['--require', hook, main, 'validate', '--rev', 'HEAD', '--json'], {
      cwd: repo,
      env: { [FILE_VARIABLE]: file },
    })
    const kib = Number(readFileSync(file, 'utf8'))
    peaks.set(models, Math.max(peaks.get(models) ?? 0, kib))
    return kib
  }
  const series = await interleave({
    rounds: Math.min(3, lab.options.rounds),
    budgetMs: lab.options.budgetMs,
    floor: { name: `${spaced(smallest)} models`, run: () => peak(smallest) },
    subjects: larger.map((models) => ({
      name: `${spaced(models)} models`,
      goal: '<= 2.5 at 10 000',
      run: () => peak(models),
    })),
    unit: 'KiB',
  })
  return { id: 'P7', about, series, lines: [] }
}
