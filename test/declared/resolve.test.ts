import { describe, expect, test } from 'vitest'
import { Declarer } from '../../src/declared/declarer.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import { Catalog, catalog, found, MODEL, unitOf, versionValue } from '../support/catalog-builder.ts'

const prodOf = (given: Catalog) => {
  const state = given.declare()
  const deployment = unitOf(state, MODEL).deployments.get('prod')
  if (deployment === undefined) throw new Error(found(state).join('\n'))
  return deployment
}
const deployed = (value: object) => catalog().deployment(MODEL, 'prod', value)

describe('a deployment after defaults', () => {
  test('has a value for everything', () => {
    expect(prodOf(catalog())).toMatchObject({
      stage: 'prod',
      mode: 'online',
      method: 'local host',
      strategy: 'rolling',
      path: '/abc/claim/docs/prod',
      replicas: 1,
      environmentVariables: [],
    })
  })

  test('takes mappings of the model’s defaults field by field, variables by name, the rest whole', () => {
    const given = catalog()
      .model(MODEL, {
        deployment_defaults: {
          capacity: { replicas: 3, cpu: 2 },
          rollout: { deadline: '1h' },
          environment_variables: [
            { name: 'A', value: 'default' },
            { name: 'B', value: 'default' },
          ],
          labels: { team: 'claims' },
        },
      })
      .deployment(MODEL, 'prod', {
        model_version: 1,
        capacity: { replicas: 2 },
        environment_variables: [
          { name: 'B', value: 'own' },
          { name: 'C', value: 'own' },
        ],
        labels: { cost: '1' },
      })
    const deployment = prodOf(given)
    expect(deployment.resolved.capacity).toEqual({ replicas: 2, cpu: 2 })
    expect(deployment.resolved.rollout).toEqual({ deadline: '1h' })
    expect(deployment.resolved.labels).toEqual({ team: 'claims', cost: '1' })
    expect(deployment.environmentVariables).toEqual([
      { name: 'A', value: 'default' },
      { name: 'B', value: 'own' },
      { name: 'C', value: 'own' },
    ])
  })

  test('reads the other spellings and writes the one', () => {
    const given = deployed({ model_version: 1, deployment_method: 'host' })
    expect(prodOf(given).resolved).toMatchObject({ deployment_method: 'local host', rolling_strategy: 'rolling' })
  })

  test('carries no identity: the path says it', () => {
    const given = deployed({ model_version: 1, kind: 'Deployment', namespace: '/abc/claim', model_name: 'docs' })
    expect(Object.keys(prodOf(given).resolved).toSorted()).toEqual(Object.keys(prodOf(catalog()).resolved).toSorted())
  })
})

describe('the spec digest', () => {
  const base = prodOf(catalog()).specDigest

  test.each([
    ['the order of keys and the spelling of defaults', { stage: 'prod', mode: 'online', model_version: 1 }],
    ['capacity', { model_version: 1, capacity: { replicas: 4 } }],
    ['rollout', { model_version: 1, rollout: { deadline: '5m' } }],
    ['description and labels', { model_version: 1, description: 'x', labels: { a: 'b' } }],
  ])('does not depend on %s', (_reason, value) => {
    expect(prodOf(deployed(value)).specDigest).toBe(base)
  })

  test.each([
    ['the version', catalog().version(MODEL, 2).deployment(MODEL, 'prod', { model_version: 2 })],
    ['a variable', deployed({ model_version: 1, environment_variables: [{ name: 'A', value: 'a' }] })],
    ['an endpoint', deployed({ model_version: 1, endpoints: [{ type: 'rest', path: '/x' }] })],
    ['the stage', deployed({ model_version: 1, stage: 'dev' })],
    [
      'a variable in the model’s defaults',
      catalog().model(MODEL, { deployment_defaults: { environment_variables: [{ name: 'A', value: 'a' }] } }),
    ],
  ])('changes with %s', (_reason, given) => {
    expect(prodOf(given).specDigest).not.toBe(base)
  })
})

describe('the subject digest, which an approval binds', () => {
  const base = prodOf(catalog()).subjectDigest

  test('does not depend on capacity, endpoints or metrics that come later', () => {
    const value = { model_version: 1, capacity: { replicas: 4 }, endpoints: [{ type: 'rest', path: '/x' }] }
    const given = deployed(value).version(MODEL, 1, { ...versionValue(1), metrics: { accuracy: 0.9 } })
    expect(prodOf(given).subjectDigest).toBe(base)
  })

  test.each([
    ['artifacts', catalog().version(MODEL, 1, { ...versionValue(1), artifacts: [{ name: 'trained', uri: 'b' }] })],
    ['serving', catalog().version(MODEL, 1, { ...versionValue(1), serving: { command: ['python'] } })],
    ['inference', catalog().model(MODEL, { inference: { input: { description: 'text' } } })],
    ['variables', deployed({ model_version: 1, environment_variables: [{ name: 'A', value: 'a' }] })],
    ['stage', deployed({ model_version: 1, stage: 'dev' })],
  ])('changes with %s', (_reason, given) => {
    expect(prodOf(given).subjectDigest).not.toBe(base)
  })
})

describe('compiling again', () => {
  const declarer = () => new Declarer(capabilityTable)
  const readBy = (given: Catalog, using: Declarer): string[] => {
    const read: string[] = []
    given.declare({ declarer: using, onRead: (path) => read.push(path) })
    return read
  }

  test('what is the same as before is not read again', () => {
    const using = declarer()
    expect(readBy(catalog(), using)).toHaveLength(4)
    expect(readBy(catalog(), using)).toEqual([])
    const more = catalog().deployment(MODEL, 'dev', 'model_version: 1 # dev\n')
    expect(readBy(more, using)).toEqual(['models/abc/claim/docs/deployments/dev.yaml'])
  })

  test('equal documents of two kinds are two documents', () => {
    const using = declarer()
    const text = 'description: the same bytes\n'
    const state = catalog().model(MODEL, text).version(MODEL, 2, text).declare({ declarer: using })
    expect(found(state)).toEqual([])
    const wrong = catalog().model(MODEL, text).deployment(MODEL, 'dev', text).declare({ declarer: using })
    expect(found(wrong)).toEqual(['ST1102 models/abc/claim/docs/deployments/dev.yaml:1:1'])
  })

  test('what was found wrong is found again', () => {
    const using = declarer()
    const given = catalog().model(MODEL, 'owner: 1\n')
    expect(found(given.declare({ declarer: using }))).toEqual(found(given.declare({ declarer: using })))
  })

  test('the order of entries decides nothing', () => {
    const given = catalog().version(MODEL, 2).deployment(MODEL, 'dev').model(MODEL, 'owner: 1\nbad: 2\n')
    expect(found(given.declare({ reversed: true }))).toEqual(found(given.declare()))
  })

  test('any root of several folders will do', () => {
    const state = catalog().model(MODEL, 'owner: 1\n').declare({ root: 'ml/catalog' })
    expect(found(state)).toEqual(['ST1103 ml/catalog/abc/claim/docs/model.yaml:1:8'])
  })
})
