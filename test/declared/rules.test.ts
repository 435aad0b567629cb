import { describe, expect, test } from 'vitest'
import { catalog, Catalog, found, MODEL, OTHER, pathIn, versionValue } from '../support/catalog-builder.ts'

interface Row {
  readonly reason: string
  readonly catalog: Catalog
  readonly found: readonly string[]
  readonly help: string
}

const prod = pathIn(MODEL, 'deployments/prod.yaml')
const deployed = (text: string) => catalog().deployment(MODEL, 'prod', text)
const variables = (...lines: readonly string[]) =>
  deployed(['model_version: 1', 'environment_variables:', ...lines.map((line) => `  - ${line}`), ''].join('\n'))
const served = (value: object) => catalog().version(MODEL, 1, value)
const artifact = (name: string) => ({ name, uri: 'a' })
const command = { command: ['node'] }

const rows: readonly Row[] = [
  {
    reason: 'a version without file',
    catalog: deployed('model_version: 7\n').version(MODEL, 2),
    found: [`ST1201 ${prod}:1:16`],
    help: 'Registered: 1, 2.',
  },
  {
    reason: 'a version of a model that has none',
    catalog: catalog().without('abc/claim/docs/versions'),
    found: [`ST1201 ${prod}:1:16`],
    help: 'add versions/1.yaml',
  },
  {
    reason: 'a runtime without file names the nearest',
    catalog: deployed('model_version: 1\nruntime: locl\n'),
    found: [`ST1202 ${prod}:2:10`],
    help: 'The nearest is local. There is: local.',
  },
  {
    reason: 'a named runtime where there is none',
    catalog: deployed('model_version: 1\nruntime: local\n').without('_platform'),
    found: [`ST1202 ${prod}:2:10`],
    help: 'There is none in _platform/runtimes/.',
  },
  {
    reason: 'no runtime for the stage',
    catalog: deployed('# nobody serves it\nmodel_version: 1\nstage: test\n'),
    found: [`ST1203 ${prod}:2:1`],
    help: 'local (dev, prod)',
  },
  {
    reason: 'no runtime for the service tag',
    catalog: catalog().runtime('local', 'deployment_method: host\nstages: [prod]\nservices: [x]\n'),
    found: [`ST1203 ${prod}:1:1`],
    help: 'local (prod; for x)',
  },
  {
    reason: 'several runtimes for the stage are listed',
    catalog: catalog().runtime('second'),
    found: [`ST1203 ${prod}:1:1`],
    help: 'Name one of them with `runtime:`: local, second.',
  },
  {
    reason: 'another method than the runtime’s',
    catalog: deployed('model_version: 1\ndeployment_method: lambda\n'),
    found: [`ST1204 ${prod}:2:20`],
    help: 'Leave `deployment_method` out',
  },
  {
    reason: 'a method without driver',
    catalog: deployed('model_version: 1\nruntime: far\n').runtime('far', { deployment_method: 'ecs', stages: ['x'] }),
    found: [`ST1205 ${prod}:2:10`],
    help: 'Drivers: local host.',
  },
  {
    reason: 'a canary on the local host, watched longer than it may take',
    catalog: deployed('model_version: 1\nrolling_strategy: canory\nrollout: {bake: 10m, deadline: 30m}\n'),
    found: [`ST1238 ${prod}:3:32`],
    help: 'Leave `deadline` out',
  },
  {
    reason: 'a batch deployment on the local host',
    catalog: deployed('model_version: 1\nmode: batch\n'),
    found: [`ST1205 ${prod}:2:7`],
    help: 'It can do: online.',
  },
  {
    reason: 'a challenger on the local host',
    catalog: deployed('model_version: 1\nhold: {reason: audit}\nchallenger: {model_version: 1}\n'),
    found: [`ST1205 ${prod}:3:13`],
    help: 'Remove `challenger`.',
  },
  {
    reason: 'an autoscaler on the local host',
    catalog: deployed('model_version: 1\ncapacity: {min_replicas: 1}\n'),
    found: [`ST1205 ${prod}:2:11`],
    help: 'Write `replicas` instead.',
  },
  {
    reason: 'a secret of another platform on the local host',
    catalog: variables('{name: A, value: b}', '{name: TOKEN, secret_ref: "aws-ssm:TOKEN"}'),
    found: [`ST1205 ${prod}:4:31`],
    help: 'It resolves: env:, file:. The secret itself never belongs into Git.',
  },
  {
    reason: 'a kafka endpoint with a token on the local host',
    catalog: deployed(
      'model_version: 1\nendpoints:\n  - {type: kafka, auth: token, brokers: ["k:1"], token_ref: "env:T"}\n',
    ),
    found: [`ST1205 ${prod}:3:12`],
    help: 'It can do: rest.',
  },
  {
    reason: 'a variable twice',
    catalog: variables('{name: A, value: a}', '{name: B, value: b}', '{name: A, value: c}'),
    found: [`ST1206 ${prod}:5:12`],
    help: 'Keep one of the two.',
  },
  {
    reason: 'a variable twice although the model has defaults',
    catalog: variables('{name: A, value: a}', '{name: A, value: c}').model(
      MODEL,
      'deployment_defaults: {environment_variables: [{name: Z, value: z}]}\n',
    ),
    found: [`ST1206 ${prod}:4:12`],
    help: 'Keep one of the two.',
  },
  {
    reason: 'a variable without value, below the model’s defaults',
    catalog: variables('{name: A, value: a}', '{name: B}').model(
      MODEL,
      'deployment_defaults: {environment_variables: [{name: Y, value: y}, {name: Z, value: z}]}\n',
    ),
    found: [`ST1206 ${prod}:4:12`],
    help: '`value` for plain text, or `secret_ref`',
  },
  {
    reason: 'a variable with both, and one with neither, in the model’s defaults',
    catalog: catalog().model(
      MODEL,
      'deployment_defaults:\n  environment_variables:\n    - {name: A, value: a, secret_ref: "env:A"}\n    - {name: B}\n',
    ),
    found: [`ST1206 ${pathIn(MODEL, 'model.yaml')}:3:14`, `ST1206 ${pathIn(MODEL, 'model.yaml')}:4:14`],
    help: '`value` for plain text, or `secret_ref`',
  },
  {
    reason: 'a version that does not say how it is served',
    catalog: served({ artifacts: [artifact('trained')] }),
    found: [`ST1208 ${prod}:1:16`],
    help: 'Add `serving.command` to versions/1.yaml.',
  },
  {
    reason: 'a version that is served in a way that the host does not know',
    catalog: served({ artifacts: [artifact('trained')], serving: { server: 'mlflow' } }),
    found: [`ST1208 ${prod}:1:16`],
    help: 'Add `serving.command` to versions/1.yaml.',
  },
  {
    reason: 'a version without artifact',
    catalog: served({ serving: command }),
    found: [`ST1208 ${prod}:1:16`],
    help: 'Add one to versions/1.yaml.',
  },
  {
    reason: 'several artifacts, none of them the server',
    catalog: served({ serving: command, artifacts: [artifact('a'), artifact('b')] }),
    found: [`ST1208 ${prod}:1:16`],
    help: 'Name the server’s archive `trained`.',
  },
  {
    reason: 'fields that nothing acts on yet, as warnings',
    catalog: deployed('model_version: 1\nmonitor: {profile: evidently}\ncapture: {percent: 5}\n'),
    found: [`ST1211 ${prod}:2:1`, `ST1211 ${prod}:3:1`],
    help: 'Nothing acts on it yet.',
  },
]

describe('a rule across documents', () => {
  test.each(rows)('$reason', ({ catalog: given, found: expected, help }) => {
    const state = given.declare()
    expect(found(state)).toEqual(expected)
    expect(state.diagnostics.map((diagnostic) => diagnostic.help).join(' ')).toContain(help)
    const errors = state.diagnostics.some(({ severity }) => severity === 'error')
    expect(state.units.get(MODEL)?.blocked).toBe(errors)
  })

  test('a version that is not deployed need not be servable', () => {
    expect(found(catalog().version(MODEL, 2, { description: 'a vendor’s' }).declare())).toEqual([])
  })

  test('a runtime is chosen by the stage and the service tags, the version’s before the model’s', () => {
    const given = new Catalog()
      .runtime('intake', { deployment_method: 'host', stages: ['prod'], services: ['claim-intake'] })
      .runtime('fraud', { deployment_method: 'host', stages: ['prod'], services: ['cc-fraud', 'other'] })
      .model(MODEL, { services: ['claim-intake'] })
      .version(MODEL, 1)
      .version(MODEL, 2, { ...versionValue(2), services: ['cc-fraud'] })
      .deployment(MODEL, 'prod', { model_version: 1 })
      .deployment(MODEL, 'next', { model_version: 2, stage: 'prod' })
    const unit = given.declare().units.get(MODEL)
    expect(unit?.deployments.get('prod')?.runtime?.name).toBe('intake')
    expect(unit?.deployments.get('next')?.runtime?.name).toBe('fraud')
  })
})

describe('equal paths on one runtime', () => {
  const other = pathIn(OTHER, 'deployments/prod.yaml')
  const endpoint = (path: string) => `model_version: 1\nendpoints:\n  - type: rest\n    path: ${path}\n`
  const two = catalog().model(OTHER).version(OTHER, 1)

  test('the later file is told, with the place of the other', () => {
    const state = two
      .deployment(MODEL, 'prod', endpoint('/same'))
      .deployment(OTHER, 'prod', endpoint('/same'))
      .declare()
    expect(found(state)).toEqual([`ST1207 ${other}:4:11`])
    const [diagnostic] = state.diagnostics
    expect(diagnostic?.pointer).toBe('/endpoints/0/path')
    expect(diagnostic?.related).toEqual([
      {
        path: prod,
        range: { start: { line: 4, column: 11 }, end: { line: 4, column: 16 } },
        message: 'the other deployment',
      },
    ])
    expect(state.units.get(OTHER)?.blocked).toBe(true)
    expect(state.units.get(MODEL)?.blocked).toBe(false)
  })

  test('a written path meets another’s default one', () => {
    const state = two.deployment(OTHER, 'prod', endpoint('/abc/claim/docs/prod')).declare()
    expect(found(state)).toEqual([`ST1207 ${other}:4:11`])
    expect(state.diagnostics[0]?.related[0]?.range.start).toEqual({ line: 1, column: 1 })
  })

  test('nobody loses the default path of their own name, whatever the order of the files', () => {
    const state = two.deployment(MODEL, 'prod', endpoint('/abc/pricing/cost/prod')).deployment(OTHER, 'prod').declare()
    expect(found(state)).toEqual([`ST1207 ${prod}:4:11`])
    expect(state.units.get(MODEL)?.blocked).toBe(true)
    expect(state.units.get(OTHER)?.blocked).toBe(false)
  })

  test('on two runtimes they are no problem', () => {
    const state = two
      .runtime('second', { deployment_method: 'host', stages: ['test'] })
      .deployment(MODEL, 'prod', endpoint('/same'))
      .deployment(OTHER, 'test', endpoint('/same'))
      .declare()
    expect(found(state)).toEqual([])
  })
})
