import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readComment } from '../../src/github/plan-comment.ts'
import { GitHubWorld } from '../support/github-world.ts'
import { scan } from '../support/client.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, settings, smallCatalog } from '../support/small-catalog.ts'

const PLAN = { command: 'plan' }
const APPLY = { command: 'apply' }
const PROD = path('deployments/prod.yaml')
const TEST = path('deployments/test.yaml')

const mode = (value: string): string => `environment_variables: [{name: MODE, value: ${value}}]\n`
const described = (text: string): string => `description: ${text}\nowner: alice@example.com\n`

describe('a change that slips in between the plan and the merge, applied by the Action', { timeout: 120_000 }, () => {
  let world: GitHubWorld
  let store: SharedStore

  const comment = async (number: number): Promise<string> => (await world.comments(number))[0]?.body ?? ''

  beforeAll(async () => {
    store = await sharedStore()
    world = await GitHubWorld.open()
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start(smallCatalog())
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0 })
  }, 120_000)
  afterAll(async () => {
    await world.close()
    await store.close()
  })

  it('stops in a protected stage, says what it would be now, and who changed it', async () => {
    const pull = await world.openPull('first', { [PROD]: deployment(2) })
    await world.onPull(pull, PLAN)
    world.pushToMain({ [PROD]: deployment(1, mode('fast')) }, 'Fast mode by @hand')
    await world.squash(pull)
    const end = await world.onMain(APPLY)
    expect(end).toMatchObject({ code: 1, outputs: { result: 'stopped' } })
    expect(end.log).toContain('prod is stopped: what would be done is not what the plan of pull request #')
    const body = await comment(pull.number)
    expect(body).toContain('### Stopped: the plan for prod is not the one that was shown')
    expect(body).toContain('environment_variables.MODE')
    expect(body).toContain('Fast mode by @\u200bhand')
    expect(body).toMatch(/\| `\/abc\/claim\/doc#prod` \| `prod` \| version 2 \| version 1 \|/)
    expect(readComment(body)?.state).toBe('failed')
  })

  it('stays stopped at the next runs, which write nothing (I10)', async () => {
    const items = async (): Promise<string> => JSON.stringify(await scan(store.endpoint, 'steward-control'))
    expect(await world.onMain(APPLY, 'schedule')).toMatchObject({ code: 1, outputs: { result: 'stopped' } })
    const before = await items()
    expect(await world.onMain(APPLY, 'schedule')).toMatchObject({ code: 1, outputs: { result: 'stopped' } })
    expect(await items()).toBe(before)
  })

  it('goes on when a pull request shows it as it is now', async () => {
    const pull = await world.openPull('as-it-is', { [path('model.yaml')]: described('Sorts them.') })
    await world.onPull(pull, PLAN)
    expect(await comment(pull.number)).toContain('version 1 → 2')
    await world.squash(pull)
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0, outputs: { result: 'applied' } })
    expect(readComment(await comment(pull.number))?.state).toBe('applied')
  })

  it('goes on elsewhere, unless the settings say stop, and says so', async () => {
    const pull = await world.openPull('in-test', { [TEST]: deployment(2) })
    await world.onPull(pull, PLAN)
    world.pushToMain({ [TEST]: deployment(1, mode('slow')) }, 'Slow mode')
    await world.squash(pull)
    const end = await world.onMain(APPLY)
    expect(end).toMatchObject({ code: 0, outputs: { result: 'applied' } })
    expect(end.log).toContain('applied with another plan than pull request')
    expect(await comment(pull.number)).toContain('**Applied with another plan than shown:**')
  })

  it('stops everywhere where the settings that held before say stop', async () => {
    world.pushToMain({ 'models/_platform/settings.yaml': settings('apply: {on_changed_plan: stop}\n') }, 'Be strict')
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0 })
    const pull = await world.openPull('strict', { [TEST]: deployment(3, mode('slow')) })
    await world.onPull(pull, PLAN)
    world.pushToMain({ [TEST]: deployment(2, mode('odd')) }, 'Odd mode')
    await world.squash(pull)
    expect(await world.onMain(APPLY)).toMatchObject({ code: 1, outputs: { result: 'stopped' } })
    const again = await world.openPull('strict-again', { [path('model.yaml')]: described('Strictly.') })
    await world.onPull(again, PLAN)
    await world.squash(again)
    expect(await world.onMain(APPLY)).toMatchObject({ code: 0, outputs: { result: 'applied' } })
  })

  it('stops what was merged after its plan was made: a commit that nobody has seen planned', async () => {
    const pull = await world.openPull('unseen', { [TEST]: deployment(1, mode('odd')) })
    await world.onPull(pull, PLAN)
    await world.push(pull, { [PROD]: deployment(3, mode('fast')) })
    await world.squash(pull)
    const end = await world.onMain(APPLY)
    expect(end).toMatchObject({ code: 1, outputs: { result: 'stopped' } })
    expect(end.log).toContain('was merged without a plan that shows this')
  })
})
