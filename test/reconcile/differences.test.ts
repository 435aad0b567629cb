import { describe, expect, test } from 'vitest'
import { differences, isIgnored, type Difference } from '../../src/reconcile/differences.ts'
import type { Change, Observation, ObservedSet } from '../../src/runtimes/driver.ts'

const artifact = { name: 'trained', uri: 'file:///a.tar.gz', sha256: 'a'.repeat(64), size: 10 }
const change: Change = {
  ...{ key: '/abc/claim/docs#prod', runtime: { name: 'local', config: {} }, epoch: 1 },
  ...{ deploymentId: '5', modelVersion: 3, path: '/docs', artifacts: [artifact], command: ['node', 'serve.mjs'] },
  environmentVariables: [
    { name: 'MODE', value: 'fast' },
    { name: 'TOKEN', secretRef: 'env:TOKEN' },
  ],
  ...{ replicas: 2, replicasBefore: null, strategy: 'rolling', stickyHeader: null, tokenRef: null },
}
const own: ObservedSet = {
  ...{
    deploymentId: '5',
    modelVersion: 3,
    weight: 100,
    weightInForce: 100,
    replicas: 2,
    ready: 2,
    processDigest: 'same',
  },
  ...{ failure: null, crash: null },
  madeOf: {
    ...{ modelVersion: 3, artifacts: [artifact], command: change.command },
    environmentVariables: change.environmentVariables,
  },
}
const observation: Observation = {
  ...{ settled: true, endpoint: 'http://h/docs', path: '/docs', tokenRef: null, sets: [own] },
}

function found(
  changes: {
    readonly set?: Partial<ObservedSet>
    readonly parts?: Partial<ObservedSet['madeOf']>
    readonly target?: Partial<Observation>
  },
  wanted: Partial<Change> = {},
): Difference[] {
  const { set = {}, parts = {}, target = {} } = changes
  const running = { ...own, ...set, madeOf: { ...own.madeOf, ...parts } }
  const seen = { ...observation, sets: [running], ...target }
  return differences({ ...change, ...wanted }, { observation: seen, own: running, processDigest: 'same' })
}
const text = (list: readonly Difference[]): string[] => list.map(({ field, message }) => `${field}: ${message}`)

describe('what runs differs', () => {
  test.each<[string, Difference[], string[]]>([
    ['in nothing', found({}), []],
    ['in its version', found({ parts: { modelVersion: 2 } }), ['model_version: version 2 runs instead of version 3']],
    ['in its command', found({ parts: { command: ['sh'] } }), ['command: its command is another one']],
    [
      'in an artifact',
      found({
        parts: {
          artifacts: [
            { ...artifact, sha256: 'b'.repeat(64) },
            { ...artifact, name: 'extra' },
          ],
        },
      }),
      ['artifacts.extra: artifact extra is not declared', 'artifacts.trained: artifact trained is another one'],
    ],
    ['not in a size that is known since', found({}, { artifacts: [{ ...artifact, size: 11 }] }), []],
    [
      'in an artifact that is missing',
      found({ parts: { artifacts: [] } }),
      ['artifacts.trained: artifact trained is missing'],
    ],
    [
      'in its variables',
      found({
        parts: {
          environmentVariables: [
            { name: 'MODE', value: 'hunter2' },
            { name: 'NEW', value: 'hunter2' },
          ],
        },
      }),
      [
        'environment_variables.MODE: variable MODE has another value',
        'environment_variables.NEW: variable NEW is not declared',
        'environment_variables.TOKEN: variable TOKEN is missing',
      ],
    ],
    [
      'in what nobody can tell',
      found({ set: { processDigest: 'other' } }),
      ['processes: its processes are made of something else'],
    ],
    ['in its replicas', found({ set: { replicas: 3 } }), ['replicas: 3 replicas are asked for instead of 2']],
    ['in its share', found({ set: { weight: 30 } }), ['weight: traffic is shared with another version']],
    ['in its path', found({ target: { path: '/other' } }), ['path: it answers at /other instead of /docs']],
    ['in who may call it', found({}, { tokenRef: 'env:T' }), ['token_ref: its token is missing']],
    [
      'in being there',
      differences(change, { observation: null, own: undefined, processDigest: '' }),
      ['deployment: it is gone'],
    ],
    [
      'in being another deployment',
      differences(change, { observation, own: undefined, processDigest: '' }),
      ['deployment: version 3 (deployment 5) is gone'],
    ],
  ])('%s', (_, list, expected) => {
    expect(text(list)).toEqual(expected)
  })

  test('a value that somebody put there by hand is never told (I11)', () => {
    const parts = {
      environmentVariables: [
        { name: 'MODE', value: 'hunter2' },
        { name: 'NEW', value: 'hunter2' },
      ],
    }
    expect(JSON.stringify(found({ parts, set: { processDigest: 'other' } }))).not.toContain('hunter2')
    const uri = 'https://user:hunter2-hunter2@example.com/a.tar.gz'
    const told = found({
      parts: { artifacts: [{ ...artifact, uri }], command: ['serve', '--token', 'ghp_' + 'a1B2'.repeat(9)] },
    })
    expect(told).toHaveLength(2)
    expect(JSON.stringify(told)).not.toMatch(/hunter2|a1B2/)
  })

  test('and Settings may name a field, or what it is part of, as no drift', () => {
    const [mode] = found({
      parts: { environmentVariables: [{ name: 'MODE', value: 'x' }, ...change.environmentVariables.slice(1)] },
    })
    if (mode === undefined) throw new Error('no difference')
    expect(
      [['environment_variables'], ['environment_variables.MODE'], ['environment_variables.MOD'], ['command']].map(
        (ignore) => isIgnored(mode, ignore),
      ),
    ).toEqual([true, true, false, false])
  })
})
