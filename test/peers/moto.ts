import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { PythonTools } from './python.ts'

export interface MotoServer {
  readonly endpoint: string
  close(): Promise<void>
}

/** Starts moto, which plays AWS in memory, on a free port of the loopback. */
export async function startMoto({ motoServer }: Pick<PythonTools, 'motoServer'>): Promise<MotoServer> {
  const child = spawn(motoServer, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  let log = ''
  const listening = new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      if (log.length < 10_000) log += chunk.toString()
      const endpoint = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1]
      if (endpoint !== undefined) resolve(endpoint)
    })
    child.on('error', reject)
    child.on('exit', () => reject(new Error(`moto_server ended: ${log}`)))
    setTimeout(() => reject(new Error(`moto_server does not listen: ${log}`)), 60_000).unref()
  })
  try {
    return { endpoint: await listening, close }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}
