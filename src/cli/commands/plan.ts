import type { App, DeclaredResult } from '../../app/app.ts'
import { isError } from '../../domain/diagnostics.ts'
import { errorMessage } from '../../domain/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { prettyPlan } from '../../report/plan.ts'
import { writeFileAtomically } from '../../system/files.ts'
import { exitCodes, type Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const plan: Command = {
  name: 'plan',
  summary: 'shows what applying a revision would do',
  arguments: [],
  options: [
    { name: 'out', value: 'FILE', summary: 'also write the plan to a file, for `steward apply FILE`' },
    { name: 'detailed-exitcode', summary: 'exit 2 when there are changes' },
  ],
  examples: ['steward plan', 'steward plan --rev feature --out plan.json', 'steward plan --json --detailed-exitcode'],
  async run({ app, revision, options, io, signal }) {
    const declared = await app.declared(revision, signal)
    const made = await planOf(app, declared, signal)
    const out = options.text('out')
    if (out !== undefined) await savePlan(out, made)
    if (io.json) {
      io.out(JSON.stringify(made))
    } else {
      await printDiagnostics(made.diagnostics, declared.frame, io)
      io.out(prettyPlan(made, io.colour))
      if (out !== undefined) io.out(`Saved to ${out}; carry it out with \`steward apply ${out}\`.`)
    }
    if (made.diagnostics.some(isError)) return exitCodes.problems
    const changes = made.units.some(({ actions }) => actions.length > 0)
    return changes && options.flag('detailed-exitcode') ? exitCodes.changes : exitCodes.done
  },
}

async function savePlan(file: string, made: Plan): Promise<void> {
  try {
    await writeFileAtomically(file, `${JSON.stringify(made, null, 1)}\n`, 0o644)
  } catch (error) {
    throw usageError(`the plan can not be written to ${JSON.stringify(file)}: ${errorMessage(error)}`)
  }
}

/** With broken settings nobody knows where the tables are: everything is blocked and nothing is read. */
async function planOf(app: App, { state }: DeclaredResult, signal: AbortSignal): Promise<Plan> {
  const { planAll } = await import('../../plan/plan-all.ts')
  if (state.settings === null) return planAll({ declared: state, recorded: { units: new Map() } })
  const { makePlan } = await import('../../app/make-plan.ts')
  const tables = await app.tables(state.settings)
  return (await makePlan(app, tables, state, { artifacts: 'stat', signal })).plan
}
