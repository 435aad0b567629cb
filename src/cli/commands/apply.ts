import { readFile } from 'node:fs/promises'
import type { ApplyEnd } from '../../app/apply.ts'
import { parseTimer } from '../../domain/durations.ts'
import { isError, type Diagnostic } from '../../domain/diagnostics.ts'
import { errorMessage } from '../../domain/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import { soundPlan } from '../../plan/saved-plan.ts'
import type { ControllerEvents } from '../../reconcile/controller.ts'
import type { DeclaredResult } from '../../app/app.ts'
import { progressLines } from '../../report/progress.ts'
import { planDifference, prettyPlan } from '../../report/plan.ts'
import { exitCodes, type Command, type Io, type Options } from '../command.ts'
import { usageError } from '../parse.ts'
import { parseLeaseMs } from './lease-option.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const apply: Command = {
  name: 'apply',
  summary: 'records and deploys what a revision declares',
  arguments: ['[PLAN]'],
  options: [
    { name: 'yes', summary: 'do not ask' },
    { name: 'wait', summary: 'stay until every rollout has ended' },
    { name: 'timeout', value: 'DURATION', summary: 'with --wait: give up after this long (default 30m)' },
    { name: 'allow-deletes', value: 'DIGEST', summary: 'allow the deletes of exactly this plan' },
    { name: 'lease', value: 'DURATION', summary: 'length of the lease (default 15s)' },
  ],
  detail:
    'Without --wait, rollouts are started; a daemon or the next `apply --wait` finishes them.\n' +
    'A PLAN, from `plan --out`, is carried out only if it still is what would be done.',
  examples: [
    'steward apply',
    'steward apply --yes --wait',
    'steward plan --out plan.json && steward apply plan.json --yes',
  ],
  async run({ app, arguments: [file], options, environment, revision, io, signal }) {
    if (revision.kind === 'worktree') checkWorktree(environment.dynamodbEndpoint)
    const saved = file === undefined ? null : await readPlan(file)
    const declared = await app.declared(revision, signal)
    if (declared.state.settings === null) {
      await printDiagnostics(declared.state.diagnostics, declared.frame, io)
      io.note('error: the settings are broken; nothing was changed')
      return exitCodes.problems
    }
    const { backend } = declared.state.settings.tables
    if (revision.kind === 'worktree' && backend !== 'embedded') checkWorktree(backend)
    const timeoutMs = parseTimer(options.text('timeout') ?? '30m')
    if (timeoutMs === null) throw usageError('--timeout is a duration such as 90s or 30m, 20d at most')
    const { apply: applyPlan } = await import('../../app/apply.ts')
    const end = await applyPlan(app, {
      declared: declared.state,
      saved,
      wait: options.flag('wait'),
      timeoutMs,
      allowDeletes: options.text('allow-deletes') ?? null,
      leaseMs: parseLeaseMs(options, environment),
      signal,
      confirm: (plan) => confirm(plan, options, io, declared),
      events: progress(io),
      onWaitingForLease: once(({ holder }) => io.note(`waiting: ${holder} holds the lease`)),
    })
    if (signal.aborted) {
      io.note('interrupted: what is recorded goes on with the next apply or the daemon')
      return exitCodes.interrupted
    }
    return report(end, io, declared)
  },
}

function checkWorktree(target: string | undefined): void {
  if (target === undefined) return
  throw usageError('--worktree can be applied on the embedded tables only', 'Commit, and apply the revision.')
}

/** A plan file must hold what its digests say: an edited one is refused before anything else. */
async function readPlan(file: string): Promise<Plan> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw usageError(`${file} is no plan: ${errorMessage(error)}`, 'Make one with `steward plan --out FILE`.')
  }
  const plan = soundPlan(value)
  if (plan === null) throw usageError(`${file} is no plan, or was changed`, 'Make one with `steward plan --out FILE`.')
  return plan
}

async function confirm(plan: Plan, options: Options, io: Io, declared: DeclaredResult): Promise<boolean | null> {
  if (!io.json) {
    await printDiagnostics(plan.diagnostics, declared.frame, io)
    io.out(prettyPlan(plan, io.colour))
  }
  if (options.flag('yes')) return true
  return io.confirm('Apply this plan?')
}

/** One line whenever a rollout's state changes, on standard error. */
function progress(io: Io): ControllerEvents {
  const lines = progressLines()
  return {
    onUnit: (model, result) => lines(model, result).forEach((line) => io.note(line)),
    onError: (model, error) => io.note(`${model}: ${errorMessage(error)}; trying again`),
  }
}

function once<Argument>(action: (argument: Argument) => void): (argument: Argument) => void {
  let done = false
  return (argument) => {
    if (done) return
    done = true
    action(argument)
  }
}

/** `apply --json`: what happened, with the plan. */
function applyJson(end: ApplyEnd) {
  const plan = 'planned' in end ? end.planned.plan : null
  const units =
    end.kind !== 'applied'
      ? []
      : [...end.results].map(([unit, { problems, recorded }]) => ({
          unit,
          problems,
          deployments: recorded.deployments.map(({ id, name, stage, modelVersion, status }) => ({
            deployment_id: id,
            name,
            stage,
            model_version: modelVersion,
            status,
          })),
        }))
  return {
    format: 'steward.apply/v1',
    result: end.kind,
    digest: plan?.digest ?? null,
    revision: plan?.revision ?? null,
    units,
    plan,
  }
}

async function report(end: ApplyEnd, io: Io, declared: DeclaredResult): Promise<number> {
  if (io.json) io.out(JSON.stringify(applyJson(end)))
  const diagnostics: readonly Diagnostic[] = 'planned' in end ? end.planned.plan.diagnostics : []
  const broken = diagnostics.some(isError)
  switch (end.kind) {
    case 'nothing':
      if (!io.json) await printDiagnostics(diagnostics, declared.frame, io)
      return reportNothing(end, io)
    case 'refused':
      for (const { guard, message } of end.refusals) io.note(`refused by guard ${guard}: ${message}`)
      io.note(`help: look at the plan; to allow exactly it: --allow-deletes ${end.planned.plan.digest}`)
      return exitCodes.refused
    case 'stale':
      io.note('the plan is stale: what would be done now is something else')
      for (const line of planDifference(end.saved, end.planned.plan)) io.note(line)
      io.note('help: make a new plan, look at it, and apply that one')
      return exitCodes.stale
    case 'other_applier':
      io.note(`settings name ${end.by} as the one who applies (apply.by)`)
      return exitCodes.held
    case 'held':
      io.note(`${end.by.holder} holds the lease (epoch ${end.by.epoch}); with --wait this command waits for it`)
      return exitCodes.held
    case 'no_terminal':
      io.note('there is no terminal to ask at: pass --yes to apply')
      return exitCodes.usage
    case 'declined':
      io.note('nothing was changed')
      return exitCodes.problems
    case 'followed':
      await printDiagnostics(declared.state.diagnostics, declared.frame, io)
      io.note(`${end.by.holder} has applied this revision`)
      return declared.state.diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
    case 'timeout':
      io.note(`timed out while waiting${end.waiting.length === 0 ? '' : ` for ${end.waiting.join('; ')}`}`)
      return exitCodes.timeout
    case 'applied':
      return reportApplied(end, io, broken)
  }
}

function reportNothing({ failed, planned }: Extract<ApplyEnd, { kind: 'nothing' }>, io: Io): number {
  const { diagnostics, observed } = planned.plan
  const broken = diagnostics.some(isError)
  for (const failure of failed) io.note(`not deployed: ${failure}`)
  if (failed.length > 0) io.note('help: it is not tried again until the intent changes')
  if (broken) io.note('nothing to do beside what is blocked by errors')
  else if (failed.length > 0) io.note('nothing to do beside what failed')
  else if (observed) io.note('nothing to do: everything is as declared')
  else io.note('nothing to do by what is recorded; what runs was not observed')
  return broken || failed.length > 0 ? problemCode(diagnostics) : exitCodes.done
}

/** I7 has an exit code of its own: an item that is not ours was in the way. */
function problemCode(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.some(({ code }) => code === 'ST1401') ? exitCodes.refused : exitCodes.problems
}

function reportApplied(end: Extract<ApplyEnd, { kind: 'applied' }>, io: Io, broken: boolean): number {
  for (const failure of end.failed) io.note(`failed: ${failure}`)
  if (end.failed.length > 0 || broken) return problemCode(end.planned.plan.diagnostics)
  for (const rollout of end.waiting) io.note(`on its way: ${rollout}`)
  io.note(end.waiting.length === 0 ? 'applied' : 'started; a daemon, or `steward apply --wait`, finishes it')
  return exitCodes.done
}
