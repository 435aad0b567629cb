import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { makeFolder, set, startHost, type RunningHost } from './support/harness.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let host: RunningHost

beforeEach(async () => {
  folder = await makeFolder()
  host = await startHost(join(folder.path, 'state'))
})
afterEach(async () => {
  await host.stop()
  await folder.remove()
})

it.each(['cold', 'warm'])(
  'a request that kills its server takes down two at most, over %s connections',
  async (warmth) => {
    const { client } = host
    await client.put([set({ artifacts: [await packServer(folder.path)], replicas: 4 })])
    await client.observed()
    for (let count = 0; warmth === 'warm' && count < 8; count += 1) await (await client.invoke()).arrayBuffer()
    const answer = await client.invoke('exit')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ code: 'no_answer' })
    const { sets } = (await client.get()) as unknown as { sets: { crashes: number }[] }
    expect(sets[0]?.crashes).toBeLessThanOrEqual(2)
    expect((await client.invoke('hello')).status).toBe(200)
  },
)

it.each(['cold', 'warm'])(
  'a request that servers reset is lost by two of them at most, over %s connections',
  async (warmth) => {
    const { client } = host
    await client.put([set({ artifacts: [await packServer(folder.path)], replicas: 4 })])
    await client.observed()
    for (let count = 0; warmth === 'warm' && count < 8; count += 1) await (await client.invoke()).arrayBuffer()
    const answer = await client.invoke('reset')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ code: 'no_answer' })
    const { files } = (await (await client.invoke('hello')).json()) as { files: string[] }
    // The first connection of a warm server may have been about to close, which says nothing about the request.
    const resets = files.filter((name) => name.startsWith('reset-'))
    expect(resets).toHaveLength(warmth === 'warm' ? 3 : 2)
    const { sets } = (await client.get()) as unknown as { sets: { crashes: number }[] }
    expect(sets[0]?.crashes).toBe(0)
  },
)
