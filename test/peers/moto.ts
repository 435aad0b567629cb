import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/waiting.ts'

/** The version that the suites were written against (PyPI). */
const requirement = 'moto[server,all]==5.2.5'
const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'moto')
const program = join(folder, 'bin', 'moto_server')

export interface MotoTools {
  /** The program `moto_server`. */
  readonly server: string
}

export interface Moto {
  readonly endpoint: string
  close(): Promise<void>
}

/** moto in a folder of our own; a text says what is missing. */
export function motoTools(): MotoTools | string {
  if (existsSync(program)) return { server: program }
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return 'python3 with the module venv'
  const words = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]
  const install = spawnSync(join(folder, 'bin', 'python'), words)
  const said = install.stderr?.toString().trim().split('\n').at(-1)
  return install.status === 0 ? { server: program } : `pip install ${requirement}: ${said}`
}

/** A moto server of one's own on a free port of the loopback. */
export async function startMoto({ server }: MotoTools): Promise<Moto> {
  const child = spawn(server, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  try {
    const endpoint = await until('moto listens', () => /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0])
    return { endpoint, close }
  } catch (error) {
    await close()
    throw new Error(`moto does not start: ${log}`, { cause: error })
  }
}
