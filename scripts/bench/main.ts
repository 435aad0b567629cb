/**
 * The goals of speed and size that need only Node and Git (docs/benchmarks.md), as ratios to floors of the same run:
 * `npm run bench -- --only P1,P6 --models 100,1000 --rounds 7 --budget 600`. Absolute values are for information.
 */
import { coldValidate } from './goals/p1-cold-validate.ts'
import { oneFile } from './goals/p2-one-file.ts'
import { plan } from './goals/p3-plan.ts'
import { noOp } from './goals/p5-no-op.ts'
import { start } from './goals/p6-start.ts'
import { memory } from './goals/p7-memory.ts'
import { sync } from './goals/p10-sync.ts'
import { action } from './goals/p13-action.ts'
import { Lab } from './lab.ts'
import { readOptions } from './options.ts'
import { printReport, type GoalReport } from './report.ts'

const goals: Readonly<Record<string, (lab: Lab) => Promise<GoalReport>>> = {
  P1: coldValidate,
  P2: oneFile,
  P3: plan,
  P5: noOp,
  P6: start,
  P7: memory,
  P10: sync,
  P13: action,
}

const print = (line: string): void => console.log(line)
const lab = new Lab(readOptions(process.argv.slice(2), Object.keys(goals)))
try {
  print(`Node ${process.versions.node}; median of the ratios of each round (min … max; rounds; goal)`)
  for (const [id, measure] of Object.entries(goals)) {
    if (lab.options.only.includes(id)) printReport(await measure(lab), print)
  }
} finally {
  lab.close()
}
