import { expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { set } from './support/harness.ts'

const own = eachHost()

it.each(['cold', 'warm'])(
  'a request that kills its server takes down two at most, over %s connections',
  async (warmth) => {
    await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 4 })])
    await own.client.observed()
    for (let count = 0; warmth === 'warm' && count < 8; count += 1) await (await own.client.invoke()).arrayBuffer()
    const answer = await own.client.invoke('exit')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ code: 'no_answer' })
    const { sets } = (await own.client.get()) as unknown as { sets: { crashes: number }[] }
    expect(sets[0]?.crashes).toBeLessThanOrEqual(2)
    expect((await own.client.invoke('hello')).status).toBe(200)
  },
)

it.each(['cold', 'warm'])(
  'a request that servers reset is lost by two of them at most, over %s connections',
  async (warmth) => {
    await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 4 })])
    await own.client.observed()
    for (let count = 0; warmth === 'warm' && count < 8; count += 1) await (await own.client.invoke()).arrayBuffer()
    const answer = await own.client.invoke('reset')
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ code: 'no_answer' })
    const { files } = (await (await own.client.invoke('hello')).json()) as { files: string[] }
    // The first connection of a warm server may have been about to close, which says nothing about the request.
    const resets = files.filter((name) => name.startsWith('reset-'))
    expect(resets).toHaveLength(warmth === 'warm' ? 3 : 2)
    const { sets } = (await own.client.get()) as unknown as { sets: { crashes: number }[] }
    expect(sets[0]?.crashes).toBe(0)
  },
)
