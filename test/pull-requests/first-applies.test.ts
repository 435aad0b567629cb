import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GitHubWorld } from '../support/github-world.ts'
import { sharedStore, type SharedStore } from '../support/shared-store.ts'
import { deployment, path, settings, smallCatalog } from '../support/small-catalog.ts'

const PLAN = { command: 'plan' }
const APPLY = { command: 'apply' }
const PROD = path('deployments/prod.yaml')
const mode = (value: string): string => `environment_variables: [{name: MODE, value: ${value}}]\n`
const other = (name: string): string => `models/abc/claim/${name}`

describe(
  'a catalog of which one model is always in error, so that nothing is ever applied as a whole',
  { timeout: 120_000 },
  () => {
    let world: GitHubWorld
    let store: SharedStore

    const comment = async (number: number): Promise<string> => (await world.comments(number))[0]?.body ?? ''

    beforeAll(async () => {
      store = await sharedStore()
      world = await GitHubWorld.open()
      world.environment = { STEWARD_DYNAMODB_ENDPOINT: store.endpoint }
      world.start({ ...smallCatalog(), [`${other('bad')}/model.yaml`]: 'descriptoin: Wrong.\nowner: a@example.com\n' })
      expect(await world.onMain(APPLY)).toMatchObject({ code: 1 })
    }, 120_000)
    afterAll(async () => {
      await world.close()
      await store.close()
    })

    it('keeps a stop, whatever is merged after it that is about something else', async () => {
      const pull = await world.openPull('stopped', { [PROD]: deployment(2) })
      await world.onPull(pull, PLAN)
      world.pushToMain({ [PROD]: deployment(1, mode('fast')) }, 'Fast mode')
      await world.squash(pull)
      expect(await world.onMain(APPLY)).toMatchObject({ outputs: { result: 'stopped' } })
      const words = await world.openPull('words', { 'README.md': 'Words.\n' })
      await world.squash(words)
      expect(await world.onMain(APPLY)).toMatchObject({ outputs: { result: 'stopped' } })
      expect(await comment(pull.number)).toContain('version 2 | version 1 |')
      const before = world.proxy.requests.length
      world.pushToMain({ 'NOTES.md': 'More words.\n' }, 'Words without a pull request')
      expect(await world.onMain(APPLY)).toMatchObject({ outputs: { result: 'stopped' } })
      expect(world.proxy.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
    })

    it('judges a change of settings by the rules before it (I15)', async () => {
      const relaxed = settings().replace('[prod]', '[]')
      const pull = await world.openPull('relax', {
        'models/_platform/settings.yaml': relaxed,
        [PROD]: deployment(3, mode('fast')),
      })
      await world.onPull(pull, PLAN)
      world.pushToMain({ [PROD]: deployment(2, mode('odd')) }, 'Odd mode')
      await world.squash(pull)
      const end = await world.onMain(APPLY)
      expect(end.outputs.result).toBe('stopped')
      expect(await comment(pull.number)).toContain('version 3 | version 1 |')
    })

    it('stops what a namespace changes of a model that its plan did not show', async () => {
      world.pushToMain({ 'models/_platform/settings.yaml': settings() }, 'Strict again')
      const shared = `defaults: {${mode('shared').trim()}}\n`
      const pull = await world.openPull('namespace', { 'models/abc/claim/namespace.yaml': shared })
      await world.onPull(pull, PLAN)
      world.pushToMain(
        {
          [`${other('cost')}/model.yaml`]: 'description: Costs.\nowner: a@example.com\n',
          [`${other('cost')}/versions/1.yaml`]: 'description: One.\nserving: {command: [node, serve.mjs]}\n',
          [`${other('cost')}/deployments/prod.yaml`]: deployment(1).replace('doc', 'cost'),
        },
        'Another model',
      )
      await world.onMain(APPLY)
      await world.squash(pull)
      const end = await world.onMain(APPLY)
      expect(end.log).toContain('::error::/abc/claim/cost: prod is stopped: pull request #')
      expect(await comment(pull.number)).toContain('environment_variables.MODE.value: shared')
    })
  },
)
