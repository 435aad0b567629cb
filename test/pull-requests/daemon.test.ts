import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readComment } from '../../src/github/plan-comment.ts'
import { GitHubWorld } from '../support/github-world.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, smallCatalog, version } from '../support/small-catalog.ts'

const PLAN = { command: 'plan' }
const PROD = path('deployments/prod.yaml')

describe('pull requests that the Action plans and the daemon applies', { timeout: 120_000 }, () => {
  let world: GitHubWorld
  let store: SharedStore

  const comment = async (number: number): Promise<string> => (await world.comments(number))[0]?.body ?? ''
  const daemon = () => world.steward('serve', '--once', '--lease', '2s', '--interval', '1s', '--listen', '127.0.0.1:0')

  beforeAll(async () => {
    store = await sharedStore()
    world = await GitHubWorld.open()
    world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
    world.start(smallCatalog())
    expect(await daemon()).toMatchObject({ code: 0 })
  }, 120_000)
  afterAll(async () => {
    await world.close()
    await store.close()
  })

  it('carries out what was shown, and its comment ends applied', async () => {
    const pull = await world.openPull('to-two', { [PROD]: deployment(2) })
    const other = await world.openPull('words', { [path('versions/1.yaml')]: version({ accuracy: 0.9 }, 'The first.') })
    await world.onPull(pull, PLAN)
    const shown = readComment(await comment(pull.number))
    await world.squash(other)
    expect(await daemon()).toMatchObject({ code: 0 })
    await world.squash(pull)
    expect(await daemon()).toMatchObject({ code: 0 })
    const body = await comment(pull.number)
    expect(body).toContain('### Applied')
    expect(body).toContain('version 2 | version 2 | live')
    expect(body).toContain('applied by the daemon')
    expect(readComment(body)).toMatchObject({
      state: 'applied',
      reviewed: shown?.reviewed,
      plan: shown?.plan.replace('> [!WARNING]', '>'),
    })
  })

  it('stops what has changed since, says why, and goes on when it is shown', async () => {
    const pull = await world.openPull('to-three', { [PROD]: deployment(3) })
    await world.onPull(pull, PLAN)
    const slipped = 'environment_variables: [{name: MODE, value: fast}]\n'
    world.pushToMain({ [PROD]: deployment(2, slipped) }, 'Fast mode')
    await world.squash(pull)
    const end = await daemon()
    expect(end.code).toBe(1)
    expect(end.log).toContain('prod is stopped: what would be done is not what the plan of pull request #')
    const body = await comment(pull.number)
    expect(body).toContain('### Stopped: the plan for prod is not the one that was shown')
    expect(body).toContain('Fast mode')
    const status = await world.steward('status', '--json', '--rev', 'main')
    expect(status.log).toContain('"live_version":2')
    expect(status.log).toContain('prod is stopped')
    const next = await world.openPull('shown', {
      [path('model.yaml')]: 'description: Sorts.\nowner: alice@example.com\n',
    })
    await world.onPull(next, PLAN)
    await world.squash(next)
    expect(await daemon()).toMatchObject({ code: 0 })
    expect(readComment(await comment(next.number))?.state).toBe('applied')
  })

  it('changes nothing while GitHub does not say what was shown', async () => {
    const pull = await world.openPull('to-one', { [PROD]: deployment(1) })
    await world.onPull(pull, PLAN)
    await world.squash(pull)
    world.proxy.decide = () => ({ status: 502 })
    const end = await daemon()
    world.proxy.decide = null
    expect(end.code).toBe(1)
    expect(end.log).toContain('what pull requests have shown is not known')
    const status = await world.steward('status', '--json', '--rev', 'main')
    expect(status.log).toContain('"live_version":3')
    expect(await daemon()).toMatchObject({ code: 0 })
    expect(readComment(await comment(pull.number))?.state).toBe('applied')
  })
})
