import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/plan/plan.ts'
import { CommandLine } from '../support/catalog-cli.ts'

const DOCS = '/abc_corp/claim/doc_classification'
const prod = `models${DOCS}/deployments/prod.yaml`
const digest = /^sha256:[0-9a-f]{64}$/

async function planJson(line: CommandLine, ...words: readonly string[]): Promise<Plan> {
  return (await line.json(['plan', ...words])).value as unknown as Plan
}

function digestsOf(plan: Plan): Map<string, string> {
  return new Map(plan.units.map(({ unit, stage, digest: own }) => [`${unit} ${stage ?? ''}`, own]))
}

describe('steward plan', () => {
  test('--json is the documented contract; --detailed-exitcode is 2 for changes, 0 without the option', async () => {
    await using line = new CommandLine().withExample()
    const out = join(line.folder('plans'), 'plan.json')
    const ran = await line.run(['plan', '--json', '--detailed-exitcode', '--out', out])
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 2, err: '' })
    const plan = JSON.parse(ran.out) as Plan
    expect(Object.keys(plan)).toEqual([
      'format',
      'digest',
      'revision',
      'root',
      'tree',
      'observed',
      'summary',
      'units',
      'drift',
      'diagnostics',
    ])
    const { repository } = line
    expect(plan).toMatchObject({
      format: 'steward.plan/v1',
      digest: expect.stringMatching(digest) as string,
      revision: `main@sha1:${repository.git('rev-parse', 'HEAD')}`,
      root: 'models',
      tree: repository.git('rev-parse', 'HEAD:models'),
      summary: { create: 11, update: 0, delete: 0, blocked: 0, unchanged: 0, drift: 0 },
      drift: [],
      diagnostics: [],
    })
    expect(plan.units.map(({ unit, stage }) => `${unit} ${stage ?? 'null'}`)).toEqual([
      `${DOCS} null`,
      `${DOCS} dev`,
      `${DOCS} prod`,
      '/abc_corp/pricing/vehicle_repair_cost null',
      '/abc_corp/pricing/vehicle_repair_cost dev',
      '/abc_corp/pricing/vehicle_repair_cost prod',
    ])
    expect(plan.units.find(({ unit, stage }) => unit === DOCS && stage === 'prod')).toEqual({
      unit: DOCS,
      stage: 'prod',
      digest: expect.stringMatching(digest) as string,
      blocked: false,
      actions: [
        {
          kind: 'deployment.create',
          key: `${DOCS}#prod`,
          before: null,
          after: expect.objectContaining({
            model_version: 2,
            stage: 'prod',
            deployment_method: 'local host',
          }) as object,
          fields: expect.arrayContaining(['model_version']) as string[],
          reason: 'not deployed yet',
          risk: 'medium',
          position: { path: prod, line: 3 },
        },
      ],
    })
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(plan)

    const pretty = await line.run(['plan'])
    expect(pretty.code).toBe(0)
    expect(pretty.out).toContain(`+ deployment.create ${DOCS}#prod: not deployed yet  ${prod}:3`)
    expect(pretty.out).toContain('11 to create, 0 to update, 0 to delete, 0 unchanged')
    expect(pretty.out).toContain(`Plan digest ${plan.digest}`)
  })

  test('a plan made before a squash merge and an unrelated merge has the same unit digest after them', async () => {
    await using line = new CommandLine().withExample()
    const { repository } = line
    repository.git('checkout', '--quiet', '-b', 'promotion')
    const before = readFileSync(join(repository.folder, prod), 'utf8')
    repository.write(prod, before.replace('model_version: 2', 'model_version: 3'))
    repository.commit('promote')
    repository.write(prod, `# Promoted after the review.\n${before.replace('model_version: 2', 'model_version: 3')}`)
    repository.commit('say why')
    const reviewed = await planJson(line, '--rev', 'promotion')

    repository.git('checkout', '--quiet', 'main')
    const other = 'models/abc_corp/pricing/vehicle_repair_cost/deployments/prod.yaml'
    repository.write(other, readFileSync(join(repository.folder, other), 'utf8').replace('replicas: 1', 'replicas: 2'))
    repository.write('README.md', 'unrelated\n')
    repository.commit('unrelated')
    repository.git('merge', '--quiet', '--squash', 'promotion')
    repository.commit('promote (#12)')
    const merged = await planJson(line)

    expect(merged.revision).not.toBe(reviewed.revision)
    expect(merged.tree).not.toBe(reviewed.tree)
    expect(merged.digest).not.toBe(reviewed.digest)
    const [planned, now] = [digestsOf(reviewed), digestsOf(merged)]
    for (const key of [`${DOCS} `, `${DOCS} dev`, `${DOCS} prod`]) {
      expect(planned.get(key)).toMatch(digest)
      expect(now.get(key)).toBe(planned.get(key))
    }
    expect(now.get('/abc_corp/pricing/vehicle_repair_cost prod')).not.toBe(
      planned.get('/abc_corp/pricing/vehicle_repair_cost prod'),
    )
  })

  test('reads HEAD, not the work tree; one broken unit is blocked and the others are planned, exit 1', async () => {
    await using line = new CommandLine().withExample()
    const { repository } = line
    repository.write(prod, 'bad: 1\n')
    expect((await planJson(line)).diagnostics).toEqual([])
    repository.commit('break it')
    const { code, value } = await line.json(['plan', '--detailed-exitcode'])
    const plan = value as unknown as Plan
    expect(code).toBe(1)
    expect(plan.summary).toMatchObject({ blocked: 1, create: 5 })
    expect(plan.units[0]).toMatchObject({ unit: DOCS, stage: null, blocked: true, actions: [] })
    expect(plan.diagnostics.map(({ path }) => path)).toEqual([prod, prod])
  })

  test('with broken settings blocks everything and opens no table', async () => {
    await using line = new CommandLine().withExample()
    line.repository.write('models/_platform/settings.yaml', 'bad: 1\n')
    line.repository.commit('break the settings')
    const { code, value } = await line.json(['plan'])
    expect(code).toBe(1)
    expect((value as unknown as Plan).summary).toMatchObject({ blocked: 2, create: 0, delete: 0 })
    expect(() => readFileSync(join(line.state, 'store.json'))).toThrow()
  })

  test('a missing artifact is an error at its line, and blocks its unit only', async () => {
    await using line = new CommandLine().withExample()
    const { code, out } = await line.run(['plan', '--json'], {
      STEWARD_ARTIFACTS_URI: `file:${line.folder('empty')}`,
    })
    const plan = JSON.parse(out) as Plan
    expect(code).toBe(1)
    expect(new Set(plan.diagnostics.map(({ code: found }) => found))).toEqual(new Set(['ST1301']))
    expect(plan.diagnostics[0]).toMatchObject({ path: `models${DOCS}/versions/1.yaml`, pointer: '/artifacts/0/uri' })
    expect(plan.summary).toMatchObject({ blocked: 2, create: 0 })
  })
})
