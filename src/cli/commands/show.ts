import type { Shown, ShownDocument, ShownValue } from '../../app/show.ts'
import { StewardError } from '../../domain/errors.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import { painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io } from '../command.ts'
import { modelReference } from '../model-argument.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const show: Command = {
  name: 'show',
  summary: 'shows the resolved documents of a model, with where each value comes from',
  arguments: ['MODEL[@N]'],
  options: [{ name: 'stage', value: 'STAGE', summary: 'the deployments of this stage, and their versions' }],
  detail: 'A value without a place is a default, or follows from the path.',
  examples: [
    'steward show abc_corp/claim/doc_classification',
    'steward show abc_corp/claim/doc_classification --stage prod --worktree',
    'steward show abc_corp/claim/doc_classification@3 --json',
  ],
  async run({ app, arguments: [text], options, revision, io, signal }) {
    const { model, version } = modelReference(text)
    const { state, frame } = await app.declared(revision, signal)
    const { showModel } = await import('../../app/show.ts')
    const stage = options.text('stage') ?? null
    const shown = showModel(state, { model, version, stage })
    if (shown === null) {
      const nearest = nearestName(model, [...state.units.keys()])
      const hint = nearest === null ? '`steward status` lists all models.' : `The nearest is ${nearest}.`
      throw new StewardError(`there is no model ${model}`, { code: 'model_unknown', kind: 'user', hint })
    }
    if (shown.documents.length === 0) {
      const what = version === null ? `deployment in stage ${stage ?? ''}` : `version ${version}`
      const unit = state.units.get(model)
      const versions = [...(unit?.versions.keys() ?? [])].sort((a, b) => a - b).join(', ') || 'none'
      const stages = [...new Set(unit?.intents.map((intent) => intent.stage))].sort().join(', ') || 'none'
      const hint = `Versions: ${versions}; stages: ${stages}. \`steward validate\` says what is broken.`
      throw new StewardError(`${model} has no ${what} that can be shown`, { code: 'model_unknown', kind: 'user', hint })
    }
    if (io.json) io.out(JSON.stringify(shown))
    else {
      const folder = `${state.root}${model}/`
      await printDiagnostics(
        state.diagnostics.filter(({ path }) => path.startsWith(folder)),
        frame,
        io,
      )
      printShown(shown, io)
    }
    return exitCodes.done
  },
}

function printShown({ model, documents }: Shown, io: Io): void {
  const paint = painter(io.colour)
  for (const [index, { kind, name, path, values }] of documents.entries()) {
    const title = kind === 'Model' ? model : kind === 'ModelVersion' ? `${model}@${name}` : `${model}#${name}`
    io.out(`${index === 0 ? '' : '\n'}${paint('bold', `${kind} ${title}`)}  ${paint('dim', plain(path))}`)
    for (const line of valueLines(values, path)) io.out(plain(line))
  }
}

/** `  rollout.deadline: 30m   model.yaml:12`, aligned as far as lines are short. */
function valueLines(values: readonly ShownValue[], own: ShownDocument['path']): string[] {
  const rows = values.map(({ pointer, value, origin }) => {
    const name = pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
    const text = typeof value === 'string' ? value.split('\n').join(' ') : JSON.stringify(value)
    const where =
      origin === null ? 'default' : origin.path === own ? `line ${origin.line}` : `${origin.path}:${origin.line}`
    return { text: `  ${name}: ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`, where }
  })
  const width = Math.min(60, Math.max(0, ...rows.map(({ text }) => text.length)))
  return rows.map(({ text, where }) => `${text.padEnd(width)}  # ${where}`)
}
