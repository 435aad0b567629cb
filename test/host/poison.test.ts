import { expect, it } from 'vitest'
import { packServer } from './support/archives.ts'
import { eachHost } from './support/each-host.ts'
import { set } from './support/harness.ts'

const own = eachHost()

/** Sends what no server survives or answers to four of them; how many had it, by the marks that they leave. */
async function poison(text: 'exit' | 'reset', warmth: string, behaviour = 'well'): Promise<number> {
  await own.client.put([set({ artifacts: [await packServer(own.folder)], replicas: 4, behaviour })])
  await own.client.observed()
  for (let count = 0; warmth === 'warm' && count < 8; count += 1) await (await own.client.invoke()).arrayBuffer()
  const answer = await own.client.invoke(text)
  expect(answer.status).toBe(502)
  expect(await answer.json()).toMatchObject({ code: 'no_answer' })
  const next = await own.client.invoke('hello')
  expect(next.status).toBe(200)
  const { files } = (await next.json()) as { files: string[] }
  return files.filter((name) => name.startsWith(`${text}-`)).length
}

async function crashes(): Promise<number | undefined> {
  const { sets } = (await own.client.get()) as unknown as { sets: { crashes: number }[] }
  return sets[0]?.crashes
}

it.each(['cold', 'warm'])('a request that kills its server takes down two, over %s connections', async (warmth) => {
  expect(await poison('exit', warmth)).toBe(2)
  expect(await crashes()).toBeLessThanOrEqual(2)
})

it.each(['cold', 'warm'])('also where the end of the server is seen late, over %s connections', async (warmth) => {
  expect(await poison('exit', warmth, 'launched')).toBe(2)
})

it.each(['cold', 'warm'])('a request that servers reset is lost by two, over %s connections', async (warmth) => {
  // The first connection of a warm server may have been about to close, which says nothing about the request.
  expect(await poison('reset', warmth)).toBe(warmth === 'warm' ? 3 : 2)
  expect(await crashes()).toBe(0)
})
