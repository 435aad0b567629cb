import type { DiffReport } from '../../app/diff.ts'
import type { Json } from '../../domain/json.ts'
import { painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io } from '../command.ts'
import { modelArgument } from '../model-argument.ts'
import { requireSettings } from './require-settings.ts'

export const diff: Command = {
  name: 'diff',
  summary: 'shows what is declared against what runs, field by field',
  arguments: ['[MODEL]'],
  options: [{ name: 'stage', value: 'STAGE', summary: 'only this stage' }],
  detail:
    'Compares the revision with the runtimes, whatever is recorded of the way between them. A variable that has another\n' +
    'value at the runtime is named without it. Exits 2 where there are differences.',
  examples: [
    'steward diff',
    'steward diff abc_corp/claim/doc_classification --stage prod',
    'steward diff --rev feature',
  ],
  async run({ app, arguments: [text], options, revision, io, signal }) {
    const model = text === undefined ? null : modelArgument(text)
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { readDiff } = await import('../../app/diff.ts')
    const stage = options.text('stage') ?? null
    const report = await readDiff(app, { declared: declared.state, model, stage, signal })
    if (io.json) io.out(JSON.stringify(report))
    else print(report, io)
    const blocked = report.units.some(({ unit }) => declared.state.units.get(unit)?.blocked === true)
    if (blocked) {
      io.note('some of these documents have errors: `steward validate` shows them')
      return exitCodes.problems
    }
    const differs = report.units.some(({ deployments }) => deployments.some((each) => each.differences.length > 0))
    return differs ? exitCodes.changes : exitCodes.done
  },
}

function print({ units }: DiffReport, io: Io): void {
  const paint = painter(io.colour)
  let count = 0
  for (const { unit, deployments } of units) {
    for (const { name, stage, deployment_id: id, differences } of deployments) {
      if (differences.length === 0) continue
      count += 1
      const which = id === null ? 'not deployed' : `deployment ${id}`
      io.out(`${paint('bold', `${unit}#${name}`)}${stage === name ? '' : ` (${stage})`}, ${which}`)
      for (const { field, declared, running } of differences) {
        io.out(`  ${paint('yellow', plain(field))}: declared ${written(declared)}, running ${written(running)}`)
      }
    }
  }
  if (count === 0) io.out('what runs is as it is declared')
}

function written(value: Json): string {
  if (value === null) return 'nothing'
  return plain(typeof value === 'string' ? value : JSON.stringify(value))
}
