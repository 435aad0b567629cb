import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { UnpackedVersion } from './unpacked.ts'

export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Asks the server to end; gives its exit code, or null if a signal ended it. */
  stopped(): Promise<number | null>
}

/** Starts the version's serving command with nothing but PATH and PORT, as the model host does. */
export async function startedServer({ folder, document }: UnpackedVersion): Promise<RunningServer> {
  const [program, ...args] = document.serving.command
  if (program !== 'node') throw new Error(`the examples are served by node, not by ${program}`)
  const env = { PATH: process.env['PATH'], PORT: '0' }
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await listeningPort(child)
  const stopped = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
    return child.exitCode
  }
  const dispose = async (): Promise<void> => void (await stopped())
  return { url: `http://127.0.0.1:${port}`, port, stopped, [Symbol.asyncDispose]: dispose }
}

async function listeningPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the server has no standard output')
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { readonly event: string; readonly port?: number }
    if (entry.event === 'listening' && entry.port !== undefined) {
      child.stdout.resume()
      return entry.port
    }
  }
  throw new Error('the server ended before it listened')
}
