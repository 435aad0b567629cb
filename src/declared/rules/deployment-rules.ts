import type { Diagnostic } from '../../domain/diagnostics.ts'
import { normaliseMethod, type DeploymentMethod } from '../../domain/names.ts'
import type { Capabilities } from '../../runtimes/capabilities.ts'
import type { Path } from '../fault.ts'
import { relationAt } from '../findings.ts'
import { at, impossible, type DrivenSubject, type Subject } from './deployment-subject.ts'
import { checkRollout } from './rollout-rules.ts'

/** What contradicts itself, whatever the target. */
export function checkValues(subject: Subject): Diagnostic[] {
  const { value } = subject
  const found: Diagnostic[] = []
  const steps = value.rollout?.steps ?? []
  const fallen = steps.findIndex((step, index) => index > 0 && step <= (steps[index - 1] ?? 0))
  if (fallen !== -1) {
    const summary = `step ${steps[fallen] ?? 0} does not rise above ${steps[fallen - 1] ?? 0}`
    const help = 'List the percents from the smallest to the largest; 100 follows by itself.'
    found.push(at(subject, ['rollout', 'steps', fallen], { code: 'ST1214', summary, help }))
  }
  const { replicas, min_replicas: least, max_replicas: most } = value.capacity ?? {}
  if (replicas !== undefined && (least !== undefined || most !== undefined)) {
    const summary = '`replicas` and the bounds of an autoscaler exclude each other'
    found.push(
      at(subject, ['capacity', 'replicas'], { code: 'ST1233', summary, help: 'Keep `replicas`, or the two bounds.' }),
    )
  }
  if (least !== undefined && most !== undefined && least > most) {
    const summary = `\`min_replicas\` ${least} is more than \`max_replicas\` ${most}`
    found.push(at(subject, ['capacity', 'min_replicas'], { code: 'ST1233', summary, help: 'Swap the two.' }))
  }
  value.rollout?.abort_if?.forEach(({ above, above_live_by: byLive }, index) => {
    if ((above === undefined) !== (byLive === undefined)) return
    const summary = 'a condition needs exactly one of `above` and `above_live_by`'
    found.push(
      at(subject, ['rollout', 'abort_if', index], { code: 'ST1102', summary, help: 'Write the one that is meant.' }),
    )
  })
  value.endpoints?.forEach(({ type, auth, token_ref: token, brokers }, index) => {
    if (auth === 'token' && token === undefined) {
      const summary = 'auth token needs a `token_ref`'
      found.push(
        at(subject, ['endpoints', index, 'auth'], {
          code: 'ST1102',
          summary,
          help: 'Name where the token is, such as env:TOKEN.',
        }),
      )
    }
    if (type === 'kafka' && (brokers ?? []).length === 0) {
      const summary = 'a kafka endpoint needs `brokers`'
      found.push(
        at(subject, ['endpoints', index, 'type'], { code: 'ST1102', summary, help: 'List the brokers as host:port.' }),
      )
    }
  })
  return found
}

/** Fields that ask Steward to do something, which it does not for `external` and `none`. */
const drivenFields = ['runtime', 'rollout', 'capacity', 'challenger', 'batch', 'endpoints'] as const

/** A deployment that is recorded only. */
export function checkUndriven(subject: Subject & { readonly method: DeploymentMethod }): Diagnostic[] {
  const { value, document, method } = subject
  const found: Diagnostic[] = []
  for (const field of method === 'external' ? (['endpoint', 'managed_by'] as const) : []) {
    if (value[field] !== undefined) continue
    const summary = `an external deployment lacks \`${field}\``
    const help =
      field === 'endpoint' ? 'Add for instance `endpoint: https://…`.' : 'Add for instance `managed_by: the vendor`.'
    found.push(at(subject, ['deployment_method'], { code: 'ST1229', summary, help }))
  }
  for (const field of drivenFields) {
    if (document.value[field] === undefined) continue
    const summary = `\`${field}\` has no effect where the method is ${method}`
    found.push(
      at(subject, [field], { code: 'ST1229', summary, help: 'Remove it: Steward does not drive this deployment.' }),
    )
  }
  return found
}

/** What is wrong with a deployment whose version and runtime are known. */
export function checkDriven(subject: DrivenSubject): Diagnostic[] {
  const { value, runtime, capabilities } = subject
  const method = value.deployment_method === undefined ? runtime.method : normaliseMethod(value.deployment_method)
  if (method !== runtime.method) {
    const summary = `runtime ${runtime.name} is ${runtime.method}, not ${method}`
    const help = 'Leave `deployment_method` out, or name another runtime.'
    const related = [relationAt(runtime.document, ['deployment_method'], `runtime ${runtime.name}`)]
    return [at(subject, ['deployment_method'], { code: 'ST1204', summary, help, related })]
  }
  const able = capabilities.get(method)
  if (able === undefined) {
    const summary = `this version has no driver for ${method}`
    const help = `Drivers: ${[...capabilities.keys()].join(', ')}.`
    return [at(subject, ['runtime'], { code: 'ST1205', summary, help })]
  }
  return [
    ...external(subject),
    ...checkAbilities(subject, able),
    ...checkEndpoints(subject, able),
    ...checkServing(subject, able),
  ]
}

function external(subject: DrivenSubject): Diagnostic[] {
  return (['endpoint', 'managed_by'] as const)
    .filter((field) => subject.value[field] !== undefined)
    .map((field) => {
      const summary = `\`${field}\` is for external deployments only`
      const help = 'Remove it, or write `deployment_method: external`.'
      return at(subject, [field], { code: 'ST1229', summary, help })
    })
}

function schemeOf(reference: string): string {
  return reference.slice(0, reference.indexOf(':') + 1)
}

function canResolve({ secretSchemes }: Capabilities, reference: string): boolean {
  return secretSchemes.some((scheme) => schemeOf(reference) === `${scheme}:`)
}

/** Never the advice to write the secret itself. */
function otherSecrets({ secretSchemes }: Capabilities): string {
  const schemes = secretSchemes.map((scheme) => `${scheme}:`).join(', ')
  const known = schemes === '' ? 'Use another runtime' : `It resolves: ${schemes}`
  return `${known}. The secret itself never belongs into Git.`
}

function checkAbilities(subject: DrivenSubject, able: Capabilities): Diagnostic[] {
  const { value } = subject
  const cannot = (path: Path, what: string, help: string): Diagnostic => impossible(subject, path, what, help)
  const found = checkRollout(subject, able)
  const mode = value.mode ?? 'online'
  if (!able.modes.includes(mode)) found.push(cannot(['mode'], mode, `It can do: ${able.modes.join(', ')}.`))
  if (value.hold !== undefined && !able.holds) found.push(cannot(['hold'], 'holds', 'Remove `hold`.'))
  if (value.challenger !== undefined && !able.challengers) {
    found.push(cannot(['challenger'], 'challengers', 'Remove `challenger`.'))
  }
  const { min_replicas: least, max_replicas: most } = value.capacity ?? {}
  if ((least !== undefined || most !== undefined) && !able.autoscaling) {
    found.push(cannot(['capacity'], 'autoscaling', 'Write `replicas` instead.'))
  }
  for (const [index, { name, secret_ref: reference }] of (value.environment_variables ?? []).entries()) {
    if (able.ownVariables.includes(name)) {
      const summary = `${name} is set by ${subject.runtime.method}`
      found.push(at(subject, ['environment_variables', index, 'name'], { code: 'ST1205', summary, help: 'Remove it.' }))
    }
    if (reference === undefined || canResolve(able, reference)) continue
    const what = `${schemeOf(reference)} references to secrets yet (${name})`
    found.push(cannot(['environment_variables', index, 'secret_ref'], what, otherSecrets(able)))
  }
  return found
}

function checkEndpoints(subject: DrivenSubject, able: Capabilities): Diagnostic[] {
  const { value, runtime, isProtected } = subject
  const open = runtime.method === 'local host' || runtime.config.allow_unauthenticated === true
  return (value.endpoints ?? []).flatMap(({ type, auth, token_ref: token }, index) => {
    const found: Diagnostic[] = []
    if (!able.endpointTypes.includes(type)) {
      const help = `It can do: ${able.endpointTypes.join(', ')}.`
      found.push(impossible(subject, ['endpoints', index, 'type'], `${type} endpoints`, help))
    }
    if (auth !== undefined && !able.endpointAuth.includes(auth)) {
      const help = `It can do: ${able.endpointAuth.join(', ')}.`
      found.push(impossible(subject, ['endpoints', index, 'auth'], `auth ${auth}`, help))
    }
    if (auth === 'token' && token !== undefined && !canResolve(able, token)) {
      const what = `${schemeOf(token)} references to tokens yet`
      found.push(impossible(subject, ['endpoints', index, 'token_ref'], what, otherSecrets(able)))
    }
    if (auth === 'none' && isProtected && !open) {
      const summary = 'anybody could call this endpoint of a protected stage'
      const help =
        'Write `auth: token` or `auth: iam`, or allow it with `allow_unauthenticated: true` in the runtime’s `config`.'
      found.push(at(subject, ['endpoints', index, 'auth'], { code: 'ST1234', summary, help }))
    }
    return found
  })
}

function checkServing(subject: DrivenSubject, able: Capabilities): Diagnostic[] {
  const { value, version, versionDocument, runtime } = subject
  const number = value.model_version
  const fault = (code: 'ST1208' | 'ST1303' | 'ST1205', summary: string, help: string, path: Path): Diagnostic => {
    const related = [relationAt(versionDocument, path, `version ${number}`)]
    return at(subject, ['model_version'], { code, summary, help, related })
  }
  const ways = able.serving.filter((way) => version.serving?.[way] !== undefined)
  if (ways.length === 0) {
    const help = `Add \`serving.${able.serving.join('` or `serving.')}\` to versions/${number}.yaml.`
    return [fault('ST1208', `version ${number} does not say how it is served`, help, ['serving'])]
  }
  const artifacts = version.artifacts ?? []
  if (artifacts.length === 0) {
    return [fault('ST1208', `version ${number} has no artifact`, `Add one to versions/${number}.yaml.`, [])]
  }
  const several = artifacts.length > 1 && !artifacts.some(({ name }) => name === 'trained')
  const unnamed = `version ${number} has several artifacts, none named trained`
  if (several) return [fault('ST1208', unnamed, 'Name the server’s archive `trained`.', ['artifacts'])]
  return artifacts.flatMap(({ name, sha256, uri }, index) => {
    const found: Diagnostic[] = []
    const path = ['artifacts', index]
    const scheme = /^([a-z0-9+.-]+):/.exec(uri)?.[1]
    if (scheme !== undefined && !able.artifactSchemes.includes(scheme)) {
      const help = `It reads: ${able.artifactSchemes.join(', ')}, and keys below settings.artifacts.uri.`
      found.push(fault('ST1205', `${runtime.method} can not read ${scheme} artifacts (${name})`, help, path))
    }
    if (sha256 === undefined) {
      const help = `Add it to versions/${number}.yaml: only verified bytes are run.`
      found.push(fault('ST1303', `artifact ${name} of version ${number} has no sha256`, help, path))
    }
    return found
  })
}
