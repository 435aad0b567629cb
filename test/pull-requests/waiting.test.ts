import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readComment } from '../../src/github/plan-comment.ts'
import { GitHubWorld } from '../support/github-world.ts'
import { until } from '../support/waiting.ts'
import { checkout, Workspace } from '../support/workspace.ts'

const UNIT = 'models/abc_corp/claim/doc_classification'
const files = [
  'models/_platform/runtimes/local.yaml',
  ...['model.yaml', 'versions/1.yaml', 'versions/2.yaml', 'versions/3.yaml'].map((name) => `${UNIT}/${name}`),
]
const prod = (version: number, more = ''): string =>
  `model_version: ${version}\nrolling_strategy: canary\nrollout: {steps: [50], bake: 4s}\n${more}`

describe('a rollout on a real host that takes longer than the workflow', { timeout: 120_000 }, () => {
  const space = new Workspace()
  let world: GitHubWorld

  beforeAll(async () => {
    space.start('store', '--stay')
    const { control } = await space.host()
    const store = await until('the store listens', () =>
      JSON.parse(readFileSync(join(space.state, 'store.json'), 'utf8')),
    )
    world = await GitHubWorld.open()
    world.environment = {
      STEWARD_DYNAMODB_ENDPOINT: String(store.endpoint),
      STEWARD_HOST_CONTROL: control,
      STEWARD_HOST_TOKEN_FILE: join(space.state, 'host', 'token'),
      STEWARD_ARTIFACTS_URI: pathToFileURL(join(checkout, 'models', '_artifacts')).href,
    }
    world.start({
      ...Object.fromEntries(files.map((path) => [path, readFileSync(join(checkout, path), 'utf8')])),
      'models/_platform/settings.yaml': 'tables: {backend: dynamodb, region: us-east-1}\n',
      [`${UNIT}/deployments/prod.yaml`]: prod(2),
    })
    expect(await world.onMain({ command: 'apply', wait: '60s' })).toMatchObject({
      code: 0,
      outputs: { result: 'applied' },
    })
  }, 120_000)
  afterAll(async () => {
    await world.close()
    await space.close()
  })

  const comment = async (number: number): Promise<string> => (await world.comments(number))[0]?.body ?? ''

  it('is waited for in the comment, goes on with the next run, and ends applied', async () => {
    const pull = await world.openPull('three', { [`${UNIT}/deployments/prod.yaml`]: prod(3) })
    await world.onPull(pull, { command: 'plan' })
    expect(await comment(pull.number)).toContain('canary')
    await world.squash(pull)
    const first = await world.onMain({ command: 'apply', wait: '2s' })
    expect(first).toMatchObject({ code: 0, outputs: { result: 'waiting' } })
    const waiting = await comment(pull.number)
    expect(readComment(waiting)?.state).toBe('waiting')
    expect(waiting).toContain('### Merged: waiting for 1 deployment')
    expect(waiting).toMatch(/version 3 \| version 2 \| (baking|preparing|shifting|pending)/)
    const second = await world.onMain({ command: 'apply', wait: '60s' }, 'schedule')
    expect(second).toMatchObject({ code: 0 })
    const ended = await comment(pull.number)
    expect(readComment(ended)).toMatchObject({ state: 'applied', history: [expect.any(String), expect.any(String)] })
    expect(ended).toContain('version 3 | version 3 | live')
  })

  it('says that it is held, why, and until when', async () => {
    const hold = 'hold: {reason: audit until Friday, until: 2099-12-04}\n'
    const pull = await world.openPull('held', { [`${UNIT}/deployments/prod.yaml`]: prod(2, hold) })
    await world.onPull(pull, { command: 'plan' })
    await world.squash(pull)
    expect(await world.onMain({ command: 'apply', wait: '5s' })).toMatchObject({ code: 0 })
    const body = await comment(pull.number)
    expect(readComment(body)?.state).toBe('waiting')
    expect(body).toContain('waits for the end of its hold \\(audit until Friday\\), until 2099-12-04')
  })

  it('says that it failed, and what the server said last', async () => {
    const broken = readFileSync(join(checkout, UNIT, 'versions', '3.yaml'), 'utf8').replace(
      /command: .*/,
      'command: [node, nowhere.mjs]',
    )
    const pull = await world.openPull('broken', {
      [`${UNIT}/versions/4.yaml`]: broken,
      [`${UNIT}/deployments/prod.yaml`]: prod(4),
    })
    await world.onPull(pull, { command: 'plan' })
    await world.squash(pull)
    const end = await world.onMain({ command: 'apply', wait: '60s' })
    expect(end).toMatchObject({ code: 1, outputs: { result: 'failed' } })
    const body = await comment(pull.number)
    expect(readComment(body)?.state).toBe('failed')
    expect(body).toContain('nowhere.mjs')
    expect(body).toContain('version 4 | version 3 | rolled back')
  })
})
