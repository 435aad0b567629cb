import { spawn } from 'node:child_process'
import { NotObserved } from './waiting.ts'

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its abort ends the command. */
  readonly signal: AbortSignal
}

const PATIENCE_MS = 45_000
const TERMINATE_MS = 5_000

/** Runs a program to its end. It has ended when this resolves or rejects, whatever the reason. */
export async function runToEnd(
  program: string,
  words: readonly string[],
  { cwd, env, signal }: Surroundings,
): Promise<Finished> {
  signal.throwIfAborted()
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const given = AbortSignal.any([signal, patience])
  let force: NodeJS.Timeout | undefined
  const end = (): void => {
    child.kill('SIGTERM')
    force = setTimeout(() => child.kill('SIGKILL'), TERMINATE_MS)
  }
  given.addEventListener('abort', end, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    signal.throwIfAborted()
    if (patience.aborted) throw new NotObserved(`the end of \`${words.join(' ')}\`, within ${PATIENCE_MS / 1000} s`)
    return { code, out, err }
  } finally {
    clearTimeout(force)
    given.removeEventListener('abort', end)
  }
}
