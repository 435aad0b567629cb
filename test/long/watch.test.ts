import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../support/waiting.ts'
import { Workspace } from '../support/workspace.ts'

const claim = 'abc_corp/claim/doc_classification'

describe('serve --watch', () => {
  let space: Workspace

  beforeEach(() => {
    space = new Workspace()
  })
  afterEach(() => space.close())

  const version = async (): Promise<unknown> => {
    const { units } = await space.json<{
      units: { unit: string; deployments: { name: string; live_version: number }[] }[]
    }>('status')
    const unit = units.find((each) => each.unit === `/${claim}`)
    return unit?.deployments.find(({ name }) => name === 'prod')?.live_version
  }

  it('follows the work tree as it is: an edit is rolled out before the next poll, a broken one harms nothing', async () => {
    await space.host()
    const daemon = space.start('serve', '--watch', '--interval', '10m', '--listen', '127.0.0.1:0')
    await until('version 2 serves', async () => (await version()) === 2, 60_000)
    space.edit(`${claim}/deployments/prod.yaml`, 'model_version: 2', 'model_version: 3')
    await until('version 3 serves', async () => (await version()) === 3, 30_000)
    space.edit(`${claim}/deployments/prod.yaml`, 'model_version: 3', 'model_version: nine')
    await until('the error is told', () => daemon.log().includes('ST1103'), 30_000)
    expect(await version()).toBe(3)
    expect(space.git('status', '--porcelain')).toContain('prod.yaml')
    space.edit(`${claim}/deployments/prod.yaml`, 'model_version: nine', 'model_version: 2')
    await until('version 2 serves again', async () => (await version()) === 2, 30_000)
    daemon.kill('SIGTERM')
    await until('it has ended', () => daemon.exitCode !== null)
    expect(daemon.exitCode).toBe(0)
  })

  it('is for this machine only', async () => {
    space.write('_platform/settings.yaml', 'tables: { backend: dynamodb }\n')
    const { code, err } = await space.run('serve', '--watch', '--once', '--listen', '127.0.0.1:0')
    expect(code).toBe(64)
    expect(err).toContain('Commit, and follow a branch.')
  })
})
