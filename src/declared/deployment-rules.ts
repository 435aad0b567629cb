import type { DeploymentDocument } from '../domain/generated/deployment.ts'
import type { ModelVersionDocument } from '../domain/generated/model-version.ts'
import { normaliseMethod, normaliseStrategy } from '../domain/names.ts'
import type { Capabilities, CapabilityTable } from '../runtimes/capabilities.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeclaredRuntime, EnvironmentVariable } from './declared-state.ts'
import type { Fault, Path } from './fault.ts'

export interface DeploymentRuleInput {
  readonly value: DeploymentDocument
  readonly document: CompiledDocument
  readonly runtime: DeclaredRuntime
  readonly version: ModelVersionDocument
  readonly capabilities: CapabilityTable
}

/** What is wrong with a deployment whose version and runtime are known. */
export function checkDeployment(input: DeploymentRuleInput): Fault[] {
  const { value, document, runtime, capabilities } = input
  const method = value.deployment_method === undefined ? runtime.method : normaliseMethod(value.deployment_method)
  if (method !== runtime.method) {
    const summary = `runtime ${runtime.name} is ${runtime.method}, not ${method}`
    const help = 'Leave `deployment_method` out, or name another runtime.'
    return [{ code: 'ST1204', summary, help, ...at(document, ['deployment_method']) }]
  }
  const able = capabilities.get(method)
  if (able === undefined) {
    const summary = `this version has no driver for ${method}`
    const help = `Drivers: ${[...capabilities.keys()].join(', ')}.`
    return [{ code: 'ST1205', summary, help, ...at(document, ['runtime']) }]
  }
  return [...checkAbilities(input, able), ...checkServing(input, able)]
}

/** Where a value stands; where it comes from the model's defaults, the document itself. */
function at({ yaml }: CompiledDocument, path: Path): Pick<Fault, 'range' | 'pointer'> {
  return { range: yaml.rangeOf(path), pointer: path.map((segment) => `/${segment}`).join('') }
}

/** The variables that a document itself writes, below `parents`: each once, with exactly one source. */
export function checkVariables(
  document: CompiledDocument,
  written: readonly EnvironmentVariable[] | undefined,
  parents: Path = [],
): Fault[] {
  const seen = new Set<string>()
  return (written ?? []).flatMap((variable, index) => {
    const place = at(document, [...parents, 'environment_variables', index, 'name'])
    const faults: Fault[] = []
    if (seen.has(variable.name)) {
      faults.push({ code: 'ST1206', summary: `${variable.name} is set twice`, help: 'Keep one of the two.', ...place })
    }
    seen.add(variable.name)
    if ((variable.value === undefined) === (variable.secret_ref === undefined)) {
      const help = 'Write `value` for plain text, or `secret_ref` for a secret.'
      faults.push({
        code: 'ST1206',
        summary: `${variable.name} needs exactly one of value and secret_ref`,
        help,
        ...place,
      })
    }
    return faults
  })
}

function checkAbilities({ value, document, runtime }: DeploymentRuleInput, able: Capabilities): Fault[] {
  const strategy = normaliseStrategy(value.rolling_strategy ?? 'rolling')
  const impossible = (path: Path, what: string, help: string): Fault => {
    return { code: 'ST1205', summary: `${runtime.method} can not do ${what}`, help, ...at(document, path) }
  }
  const faults: Fault[] = []
  if (!able.strategies.includes(strategy)) {
    faults.push(impossible(['rolling_strategy'], strategy, `It can do: ${able.strategies.join(', ')}.`))
  }
  const mode = value.mode ?? 'online'
  if (!able.modes.includes(mode)) faults.push(impossible(['mode'], mode, `It can do: ${able.modes.join(', ')}.`))
  if (value.hold !== undefined && !able.holds) faults.push(impossible(['hold'], 'holds', 'Remove `hold`.'))
  if (value.challenger !== undefined && !able.challengers) {
    faults.push(impossible(['challenger'], 'challengers', 'Remove `challenger`.'))
  }
  const { min_replicas: least, max_replicas: most } = value.capacity ?? {}
  if ((least !== undefined || most !== undefined) && !able.autoscaling) {
    faults.push(impossible(['capacity'], 'autoscaling', 'Write `replicas` instead.'))
  }
  const own = (document.value as unknown as DeploymentDocument).environment_variables ?? []
  for (const { name, secret_ref: reference } of value.environment_variables ?? []) {
    if (reference === undefined || able.secrets) continue
    const index = own.findIndex((variable) => variable.name === name)
    const path: Path = index === -1 ? [] : ['environment_variables', index, 'secret_ref']
    const what = `secret references (${name}${index === -1 ? ', from the model’s deployment_defaults' : ''})`
    faults.push(impossible(path, what, 'Use a plain value.'))
  }
  for (const [index, { type, auth }] of (value.endpoints ?? []).entries()) {
    const field = (name: string): Path => ['endpoints', index, name]
    if (!able.endpointTypes.includes(type)) {
      faults.push(impossible(field('type'), `${type} endpoints`, `It can do: ${able.endpointTypes.join(', ')}.`))
    }
    if (auth !== undefined && !able.endpointAuth.includes(auth)) {
      faults.push(impossible(field('auth'), `auth ${auth}`, `It can do: ${able.endpointAuth.join(', ')}.`))
    }
  }
  return faults
}

function checkServing({ value, version, document }: DeploymentRuleInput, able: Capabilities): Fault[] {
  const place = at(document, ['model_version'])
  const number = value.model_version
  const fault = (summary: string, help: string): Fault => ({ code: 'ST1208', summary, help, ...place })
  const ways = able.serving.filter((way) => version.serving?.[way] !== undefined)
  if (ways.length === 0) {
    const help = `Add \`serving.${able.serving.join('` or `serving.')}\` to versions/${number}.yaml.`
    return [fault(`version ${number} does not say how it is served`, help)]
  }
  const artifacts = version.artifacts ?? []
  if (artifacts.length === 0) return [fault(`version ${number} has no artifact`, `Add one to versions/${number}.yaml.`)]
  if (artifacts.length > 1 && !artifacts.some(({ name }) => name === 'trained')) {
    return [
      fault(`version ${number} has several artifacts, none named trained`, 'Name the server’s archive `trained`.'),
    ]
  }
  return artifacts
    .filter(({ sha256 }) => sha256 === undefined)
    .map(({ name }) => ({
      code: 'ST1303',
      summary: `artifact ${name} of version ${number} has no sha256`,
      help: `Add it to versions/${number}.yaml: only verified bytes are run.`,
      range: document.yaml.rangeOf(['model_version']),
      pointer: '/model_version',
    }))
}
