import type { DeclaredState } from '../declared/declared-state.ts'
import { StewardError } from '../domain/errors.ts'
import { deploymentKey, isDriven, type ModelId } from '../domain/names.ts'
import { standingOf } from '../plan/standing.ts'
import { readUnit } from '../recorded/read-unit.ts'
import type { RecordedDeployment, RecordedUnit } from '../recorded/recorded-state.ts'
import { methodOf } from '../reconcile/deployment-change.ts'
import { runtimeOf } from '../reconcile/ports.ts'
import type { App } from './app.ts'
import { requireRecorded } from './history.ts'

export interface DeploymentLogs {
  readonly name: string
  readonly deployment_id: number
  readonly model_version: number
  readonly state: string
  readonly lines: readonly string[]
}

/** `logs --json`. */
export interface LogsReport {
  readonly format: 'steward.logs/v1'
  readonly model: ModelId
  readonly stage: string
  readonly deployments: readonly DeploymentLogs[]
}

export interface LogsRequest {
  readonly declared: DeclaredState
  readonly model: ModelId
  readonly stage: string
  /** Of one deployment of the stage; null: all. */
  readonly name: string | null
  /** Of one deployment id; null: what serves, and the newest attempt. */
  readonly id: number | null
  /** Of each replica. */
  readonly lines: number
  readonly signal: AbortSignal
}

/** What the processes of a stage wrote last, from their runtimes. Reads only; a DriverError where one does not answer. */
export async function readLogs(app: App, request: LogsRequest): Promise<LogsReport> {
  const { declared, model, stage, lines, signal } = request
  const tables = await app.tables(declared.settings)
  await requireRecorded(tables, model, signal)
  const recorded = await readUnit(tables, model, signal)
  const wanted = wantedOf(recorded, request)
  const drivers = await app.drivers()
  const deployments: DeploymentLogs[] = []
  let elsewhere: StewardError | null = null
  for (const { id, name, modelVersion, status, item } of wanted) {
    const method = methodOf({ item })
    const driver = isDriven(method) ? drivers(method) : null
    if (driver === null) {
      elsewhere ??= notDriven(deploymentKey(model, name), method)
      continue
    }
    const target = { key: deploymentKey(model, name), runtime: runtimeOf(declared, String(item.runtime), item) }
    const written = await driver.logs(target, String(id), lines, signal)
    deployments.push({ name, deployment_id: id, model_version: modelVersion, state: status, lines: written })
  }
  if (deployments.length === 0 && elsewhere !== null) throw elsewhere
  return { format: 'steward.logs/v1', model, stage, deployments }
}

function wantedOf(recorded: RecordedUnit, { model, stage, name, id }: LogsRequest): readonly RecordedDeployment[] {
  const all = recorded.deployments.filter((each) => each.stage === stage && (name === null || each.name === name))
  if (id !== null) {
    const found = all.filter((each) => each.id === id)
    if (found.length === 0) throw unknown(`${model} has no deployment ${id} in stage ${stage}`, all)
    return found
  }
  const names = [...new Set(all.map((each) => each.name))].sort()
  const found = names.flatMap((each) => {
    const { live, newest } = standingOf(recorded, each)
    return [live, newest === live ? null : newest].filter((deployment) => deployment !== null)
  })
  if (found.length === 0) {
    const what =
      name === null
        ? `nothing was ever deployed of ${model} in stage ${stage}`
        : `${model} has no deployment ${name} in stage ${stage}`
    throw unknown(what, recorded.deployments)
  }
  return found
}

function unknown(message: string, there: readonly RecordedDeployment[]): StewardError {
  const list = there.map(({ id, name, stage }) => `${id} (${name === stage ? name : `${name} in ${stage}`})`).join(', ')
  const hint = list === '' ? '`steward history` shows what ran.' : `Deployments: ${list}.`
  return new StewardError(message, { code: 'deployment_unknown', kind: 'user', hint })
}

function notDriven(key: string, method: string): StewardError {
  return new StewardError(`${key} is ${method}: its logs are where it runs`, {
    code: 'logs_elsewhere',
    kind: 'user',
    hint: 'Ask who runs it; `steward show` says who that is.',
  })
}
