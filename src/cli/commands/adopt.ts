import { adopt as adoptItems, findForeign, type ForeignItem } from '../../app/adopt.ts'
import { requireRecorded } from '../../app/history.ts'
import type { ModelId } from '../../domain/names.ts'
import { keyOf } from '../../recorded/tables.ts'
import { countText, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Invocation } from '../command.ts'
import { modelArgument } from '../model-argument.ts'
import { parseLeaseMs } from './lease-option.ts'
import { requireSettings } from './require-settings.ts'

export const adopt: Command = {
  name: 'adopt',
  summary: 'takes over table items that others have written',
  arguments: ['[MODEL]'],
  options: [
    { name: 'dry-run', summary: 'show what would be taken over, and change nothing' },
    { name: 'yes', summary: 'do not ask' },
    { name: 'lease', value: 'DURATION', summary: 'length of the lease (default 15s)' },
  ],
  detail:
    'An item without `rev` is not ours: its model is left alone (ST1401) until the item is removed or adopted. Adopting\n' +
    'marks it with `rev` and `fence`, records that in the audit, and leaves everything else of it as it is; the next plan\n' +
    'then shows what would be changed. Without MODEL, the items of all declared models. A deployment of which it is not\n' +
    'known how it was made becomes history (`retired`), and `inventory` does not count it. While a daemon holds the lease, stop it first.',
  examples: [
    'steward adopt --dry-run',
    'steward adopt abc_corp/claim/doc_classification',
    'steward adopt --yes && steward plan',
  ],
  async run(invocation) {
    const { app, arguments: words, options, environment, revision, io, signal } = invocation
    const model = words[0] === undefined ? null : modelArgument(words[0])
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const tables = await app.tables(declared.state.settings)
    const items = await findForeign(tables, declared.state, { model, signal })
    const unknown = model !== null && items.length === 0 && !declared.state.units.has(model)
    if (unknown) await requireRecorded(tables, model, signal)
    if (!io.json) for (const item of items) io.out(plain(`${nameOf(item)}${consequence(item)}`))
    if (items.length === 0 || options.flag('dry-run')) return end(invocation, { model, items, result: 'nothing_done' })
    if (!options.flag('yes')) {
      const sure = await io.confirm(`Take over ${countText(items.length, 'item')}?`)
      if (sure !== true) {
        io.note(sure === null ? 'there is no terminal to ask at: pass --yes' : 'nothing was changed')
        return sure === null ? exitCodes.usage : exitCodes.problems
      }
    }
    const leaseMs = parseLeaseMs(options, environment)
    const ended = await adoptItems(app, tables, { declared: declared.state, items, leaseMs, signal })
    if (ended.kind === 'held') {
      io.note(`${ended.by.holder} holds the lease (epoch ${ended.by.epoch}); stop it, or try again when it is done`)
      return exitCodes.held
    }
    return end(invocation, { model, items, result: 'adopted' })
  },
}

function nameOf({ table, item }: ForeignItem): string {
  return `${table} ${Object.values(keyOf(table, item)).join(' ')}`
}

function consequence({ set }: ForeignItem): string {
  return set.status === undefined ? '' : `: becomes history (${String(set.status)})`
}

function end(
  { io }: Invocation,
  found: {
    readonly model: ModelId | null
    readonly items: readonly ForeignItem[]
    readonly result: 'adopted' | 'nothing_done'
  },
): number {
  const { model, items, result } = found
  if (io.json) {
    const named = items.map(({ table, model: of, item, set }) => ({ table, model: of, key: keyOf(table, item), set }))
    io.out(JSON.stringify({ format: 'steward.adopt/v1', result, model, items: named }))
  } else if (items.length === 0) io.note('nothing to adopt: every item is ours')
  else if (result === 'adopted')
    io.note(`adopted ${countText(items.length, 'item')}; \`steward plan\` shows what follows`)
  else io.note('nothing was changed (--dry-run)')
  return exitCodes.done
}
