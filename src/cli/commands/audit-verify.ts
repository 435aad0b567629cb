import { verifyAudit, type AuditVerification, type ModelFault } from '../../app/audit/verify-audit.ts'
import { countText, painter, plain } from '../../report/diagnostics.ts'
import { exitCodes, type Command, type Io } from '../command.ts'
import { auditWork, whichModels } from './audit-models.ts'

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'checks that the audit is whole and accounts for what is recorded',
  arguments: ['[MODEL]'],
  options: [],
  detail:
    `${whichModels}\n\n` +
    'Each entry names the one before it and the write that it accounts for. Found are entries that were changed,\n' +
    'removed or put in, and items of the catalog, the registry and the deployments that serve or have ended which are\n' +
    'not what was audited. Not covered are times (create_at, served_from, live_from, live_until), a deployment that is on\n' +
    'its way, and an item put back to an earlier state that was audited too. Whoever may write to all tables can also write the whole audit anew: keep exports elsewhere.\n' +
    'Exit code 0: all is sound; 1: something is wrong.',
  examples: ['steward audit verify', 'steward audit verify abc_corp/claim/doc_classification --json'],
  async run(invocation) {
    const { io, signal } = invocation
    const { tables, models } = await auditWork(invocation)
    const verified = await verifyAudit(tables, models, signal)
    if (io.json) io.out(JSON.stringify(verified))
    else print(verified, io)
    return verified.faults.length === 0 ? exitCodes.done : exitCodes.problems
  },
}

function print({ models, entries, faults }: AuditVerification, io: Io): void {
  const paint = painter(io.colour)
  for (const fault of faults) io.out(`${paint('red', 'wrong')}: ${plain(`${placeOf(fault)}: ${fault.why}`)}`)
  const seen = `${countText(entries, 'entry', 'entries')} of ${countText(models, 'model')}`
  if (faults.length === 0) return io.out(`${seen}: sound`)
  io.out(`${seen}: ${countText(faults.length, 'fault')}`)
  io.note(
    'help: Nothing of it is mended by itself. Compare with an earlier `steward audit export` or a backup of the tables, ' +
      'and find out who may write to them. What Git declares is recorded anew by a commit that changes the document.',
  )
}

function placeOf({ model, sequence, key }: ModelFault): string {
  return key ?? `entry ${sequence ?? ''} of ${model}`
}
