import type { DeploymentStatus, Status } from '../../app/status.ts'
import { painter, plain, reasonText } from '../../report/diagnostics.ts'
import { isEnded } from '../../domain/rollout-states.ts'
import { parseModelReference } from '../../domain/names.ts'
import { exitCodes, type Command, type Io } from '../command.ts'
import { usageError } from '../parse.ts'
import { requireSettings } from './require-settings.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const status: Command = {
  name: 'status',
  summary: 'shows what is declared, recorded and running',
  arguments: ['[MODEL]'],
  options: [{ name: 'stage', value: 'STAGE', summary: 'only this stage' }],
  examples: ['steward status', 'steward status abc_corp/claim/doc_classification --stage prod --json'],
  async run({ app, arguments: [text], options, revision, io, signal }) {
    const reference = text === undefined ? null : parseModelReference(text)
    if (text !== undefined && reference === null) throw usageError(`${text} is no model`, 'Write namespace/…/name.')
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const model = reference?.model ?? null
    const { readStatus } = await import('../../app/status.ts')
    const read = await readStatus(app, {
      declared: declared.state,
      model,
      stage: options.text('stage') ?? null,
      signal,
    })
    if (io.json) io.out(JSON.stringify(read))
    else {
      await printDiagnostics(read.diagnostics, declared.frame, io)
      printStatus(read, io)
    }
    return exitCodes.done
  },
}

function printStatus({ observed_revision, controller, units }: Status, io: Io): void {
  const paint = painter(io.colour)
  io.out(
    `${observed_revision ?? ''}; controller: ${controller === null ? 'none' : `${controller.holder} (epoch ${controller.epoch})`}`,
  )
  for (const { unit, sync, health, reason, message, deployments } of units) {
    const why = [reason, message].filter((part) => part !== '').join(': ')
    io.out(`\n${paint('bold', unit)}  ${sync}, ${health}${why === '' ? '' : `  ${plain(why.split('\n')[0] ?? '')}`}`)
    for (const deployment of deployments) io.out(deploymentLine(deployment, reason === 'Blocked'))
  }
  if (units.length === 0) io.out('\nno models')
}

function deploymentLine(deployment: DeploymentStatus, blocked: boolean): string {
  const {
    name,
    stage,
    live_version: live,
    desired_version: desired,
    state,
    weight,
    endpoint,
    health,
    reason,
    waiting_for: waitingFor,
  } = deployment
  const version =
    live === desired
      ? `version ${live ?? '-'}`
      : `version ${live ?? '-'} (declared ${desired ?? (blocked ? 'wrongly' : 'none')})`
  const ended = state !== null && isEnded(state) && live !== null
  const moving =
    state === null || state === 'live'
      ? ''
      : ` ${ended ? 'last attempt ' : ''}${state}${weight > 0 ? ` ${weight} %` : ''}`
  const where = endpoint === null ? '' : `  ${plain(endpoint)}`
  const why = reason === '' ? '' : reasonText(reason, '      ')
  const waits = waitingFor === null || waitingFor === reason ? '' : `\n      waits for ${plain(waitingFor)}`
  return `  ${name}${stage === name ? '' : ` (${stage})`}: ${version},${moving} ${health}${where}${waits}${why}`
}
