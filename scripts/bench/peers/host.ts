import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { create } from 'tar'
import type { Children } from './children.ts'

const KEY = '/bench/models/slow#prod'

export interface BenchHost {
  /** Through the gateway. */
  readonly gateway: string
  /** The server's own port. */
  readonly port: number
}

/** A model host as a process, which serves the slow server as a model. */
export async function startHost(main: string, folder: string, children: Children): Promise<BenchHost> {
  const state = join(folder, 'state')
  mkdirSync(state, { recursive: true })
  const artifact = await packServer(folder)
  const words = ['host', '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--state', state]
  children.start(process.execPath, [main, ...words], 'ignore')
  const { gateway, control } = await until(
    () => JSON.parse(readFileSync(join(state, 'host', 'host.json'), 'utf8')) as { gateway: string; control: string },
  )
  const token = readFileSync(join(state, 'host', 'token'), 'utf8').trim()
  const url = new URL(`/v1/deployments/${encodeURIComponent(KEY)}`, control)
  const headers = { authorization: `Bearer ${token}`, 'steward-epoch': '1' }
  const set = { id: '1', model_version: 1, artifacts: [artifact], command: ['node', 'slow-server.mjs'] }
  const body = JSON.stringify({ path: '/slow', sets: [{ ...set, replicas: 1, weight: 100 }] })
  const put = await fetch(url, { method: 'PUT', headers, body })
  if (put.status !== 202) throw new Error(`the host refused: ${await put.text()}`)
  const port = await until(async () => {
    const { sets } = (await (await fetch(url, { headers })).json()) as {
      sets: { ready: number; replicas: { port: number }[] }[]
    }
    return sets[0]?.ready === 1 ? sets[0].replicas[0]?.port : undefined
  })
  return { gateway: `${gateway}/slow`, port }
}

async function packServer(folder: string): Promise<{ name: string; uri: string; sha256: string }> {
  const source = join(folder, 'server')
  mkdirSync(source, { recursive: true })
  copyFileSync(join(import.meta.dirname, 'slow-server.mjs'), join(source, 'slow-server.mjs'))
  const file = join(folder, 'server.tar.gz')
  await create({ gzip: true, file, cwd: source }, ['slow-server.mjs'])
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  return { name: 'trained', uri: pathToFileURL(file).href, sha256 }
}

async function until<Found>(look: () => Found | undefined | Promise<Found | undefined>): Promise<Found> {
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the model host did not start in 30 s')
}
