import { spawn } from 'node:child_process'

export interface ToolRun {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs another program with AWS credentials that only a test server takes, and waits until it ends. */
export async function runTool(program: string, words: readonly string[], input = ''): Promise<ToolRun> {
  const env = {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, out, err }
}

/** What the program prints as JSON; it must succeed. */
export async function jsonOf<Read>(program: string, words: readonly string[], input = ''): Promise<Read> {
  const { code, out, err } = await runTool(program, words, input)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${err}`)
  return JSON.parse(out) as Read
}
