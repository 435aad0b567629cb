import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readComment } from '../../src/github/plan-comment.ts'
import { GitHubWorld, type Pull, type StepEnd } from '../support/github-world.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, settings, smallCatalog, version } from '../support/small-catalog.ts'

const PLAN = { command: 'plan' }
const APPLY = { command: 'apply' }

describe('a pull request from its plan to its end, by the Action', { timeout: 120_000 }, () => {
  let world: GitHubWorld
  let store: SharedStore
  let pull: Pull
  let planned: StepEnd
  let applied: StepEnd

  const comment = async (number: number): Promise<string> => {
    const found = await world.comments(number)
    expect(found).toHaveLength(1)
    return found[0]?.body ?? ''
  }

  beforeAll(async () => {
    store = await sharedStore()
    world = await GitHubWorld.open()
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start(smallCatalog())
    const first = await world.onMain(APPLY)
    expect(first).toMatchObject({ code: 0, outputs: { result: 'applied', changes: '6' } })
    pull = await world.openPull('to-two', { [path('deployments/prod.yaml')]: deployment(2) })
    planned = await world.onPull(pull, PLAN)
  }, 120_000)
  afterAll(async () => {
    await world.close()
    await store.close()
  })

  it('shows what a merge will do: counts and reach first, the line, the difference, the metrics', async () => {
    expect(planned.code).toBe(0)
    expect(planned.outputs).toMatchObject({ result: 'planned', changes: '1', errors: '0' })
    const body = await comment(pull.number)
    expect(body).toContain('### Model plan: 1 to promote · prod affected')
    const head = world.git(world.clone, 'rev-parse', pull.branch)
    const file = path('deployments/prod.yaml')
    expect(body).toContain(`(https://github.example.com/abc/ml-models/blob/${head}/${file}#L1)`)
    expect(body).toContain('- model_version: 1\n+ model_version: 2')
    expect(body).toContain('| `accuracy` | 0.9 | 0.93 | +0.03 (+3.33 %) |')
    expect(body).toContain(planned.outputs['plan-digest'])
    expect(readComment(body)).toMatchObject({ state: 'planned', reviewed: { head } })
  })

  it('writes the comment as the App, and a check at the head', async () => {
    const [found] = await world.comments(pull.number)
    expect(found?.user).toMatchObject({ login: 'steward-test[bot]', type: 'Bot' })
    const made = world.proxy.requests.find(({ path: at }) => at.endsWith('/check-runs'))
    expect(JSON.parse(made?.body ?? '{}')).toMatchObject({
      name: 'steward plan',
      conclusion: 'success',
      head_sha: world.git(world.clone, 'rev-parse', pull.branch),
    })
  })

  it('leaves the plan as a file, and all of it in the summary', () => {
    const plan = JSON.parse(readFileSync(planned.outputs['plan-path'] ?? '', 'utf8'))
    expect(plan).toMatchObject({ format: 'steward.plan/v1', digest: planned.outputs['plan-digest'] })
    expect(planned.summary).toContain('### Model plan: 1 to promote · prod affected')
    expect(readFileSync(planned.outputs['summary-path'] ?? '', 'utf8').trim()).toBe(planned.summary.trim())
  })

  it('edits the same comment when the head moves, and says nothing new where nothing is', async () => {
    await world.push(pull, { [path('deployments/prod.yaml')]: deployment(3) })
    await world.onPull(pull, PLAN)
    const body = await comment(pull.number)
    expect(body).toContain('version 1 → 3')
    expect(readComment(body)?.history).toHaveLength(1)
    const before = world.proxy.requests.length
    await world.onPull(pull, PLAN)
    const written = world.proxy.requests.slice(before).filter(({ method }) => method === 'PATCH')
    expect(written).toEqual([])
    expect(await comment(pull.number)).toBe(body)
  })

  it('is not overwritten by the late run of an older head', async () => {
    const old = world.git(world.clone, 'rev-parse', `${pull.branch}^`)
    const body = await comment(pull.number)
    const late = await world.onPull(pull, PLAN, { head: old })
    expect(late.log).toContain('the head has moved')
    expect(await comment(pull.number)).toBe(body)
  })

  it('is applied as it was shown, squashed after an unrelated merge, and the comment says so (I3)', async () => {
    const other = await world.openPull('words', { [path('versions/1.yaml')]: version({ accuracy: 0.9 }, 'The first.') })
    await world.onPull(other, PLAN)
    const shown = readComment(await comment(pull.number))
    await world.squash(other)
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0, outputs: { result: 'applied' } })
    await world.squash(pull)
    const end = await world.onMain(APPLY)
    applied = end
    expect(end).toMatchObject({ code: 0, outputs: { result: 'applied', changes: '1' } })
    expect(end.outputs['plan-digest']).toBe(shown?.reviewed.digest)
    const body = await comment(pull.number)
    expect(body).toContain('### Applied')
    expect(body).toContain('| `/abc/claim/doc#prod` | `prod` | version 3 | version 3 | live |')
    expect(body).toContain('The plan as it was shown')
    expect(readComment(body)).toMatchObject({ state: 'applied', plan: shown?.plan.replace('> [!WARNING]', '>') })
    expect(readComment(await comment(other.number))?.state).toBe('applied')
  })

  it('does nothing the second time, and writes no comment again', async () => {
    const before = world.proxy.requests.length
    const end = await world.onMain(APPLY, 'schedule')
    expect(end).toMatchObject({ code: 0, outputs: { result: 'nothing' } })
    expect(world.proxy.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
  })

  it('applies the newest when an old run is started again (I12)', async () => {
    const old = world.git(world.clone, 'rev-parse', 'main~2')
    const end = await world.onMain(APPLY, 'push', old)
    expect(end).toMatchObject({ code: 0, outputs: { result: 'nothing' } })
    expect(end.log).toContain('main has moved on to')
  })

  it('marks the plan of another open pull request as stale when what it builds on has changed', async () => {
    const first = await world.openPull('back', { [path('deployments/prod.yaml')]: deployment(2) })
    const second = await world.openPull('other-way', { [path('deployments/prod.yaml')]: deployment(1) })
    await world.onPull(first, PLAN)
    await world.onPull(second, PLAN)
    await world.squash(first)
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0 })
    expect(readComment(await comment(second.number))?.state).toBe('stale')
    expect(readComment(await comment(first.number))?.state).toBe('applied')
  })

  it('is planned on the base as it is now, also where GitHub’s merge is an old one', async () => {
    const late = await world.openPull('late', {
      [path('versions/2.yaml')]: version({ accuracy: 0.93, f1: 0.9 }, 'Late.'),
    })
    await world.onPull(late, PLAN)
    const main = world.pushToMain({ 'README.md': 'Words of another.\n' }, 'Words')
    expect(await world.onPull(late, PLAN, { oldMerge: true })).toMatchObject({ code: 0 })
    expect(readComment(await comment(late.number))?.reviewed.base).toBe(main)
  })

  it('says which pull request fails, and what, where documents are wrong', async () => {
    const wrong = await world.openPull('wrong', { [path('deployments/test.yaml')]: deployment(9) })
    const end = await world.onPull(wrong, PLAN)
    expect(end.code).toBe(1)
    expect(end.outputs).toMatchObject({ result: 'problems', errors: '1' })
    const body = await comment(wrong.number)
    expect(body).toContain('**Validation failed: 1 error**')
    expect(body).toContain(`${path('deployments/test.yaml')}#L1`)
    const check = world.proxy.requests.findLast(({ path: at }) => at.endsWith('/check-runs'))
    const { conclusion, output } = JSON.parse(check?.body ?? '{}')
    expect(conclusion).toBe('failure')
    expect(output.annotations).toMatchObject([{ path: path('deployments/test.yaml'), annotation_level: 'failure' }])
  })

  it('says nothing in a pull request that changes nothing', async () => {
    const quiet = await world.openPull('quiet', { 'NOTES.md': 'Only words.\n' })
    const end = await world.onPull(quiet, PLAN)
    expect(end).toMatchObject({ code: 0, outputs: { result: 'nothing', changes: '0' } })
    expect(await world.comments(quiet.number)).toEqual([])
  })

  it('reads stores and guards from the base: a pull request can not move its own fence (I15)', async () => {
    const elsewhere = settings('apply: {by: daemon}\n').replace('[prod]', '[]')
    const mover = await world.openPull('mover', {
      'models/_platform/settings.yaml': `${elsewhere}artifacts: {uri: "file:elsewhere"}\n`,
      [path('deployments/prod.yaml')]: deployment(3),
    })
    await world.onPull(mover, PLAN)
    const body = await comment(mover.number)
    expect(body).toContain('prod affected')
    expect(body).toContain('the workflow that applies, or the daemon,')
  })

  it('needs fewer than ten requests for each run', async () => {
    const ended = await world.onMain(APPLY)
    const counts = [planned, applied, ended].map(({ log }) => Number(/(\d+) requests to GitHub/.exec(log)?.[1]))
    expect(counts.every((count) => count > 0)).toBe(true)
    expect(Math.max(...counts)).toBeLessThan(10)
  })
})
