import type { App } from '../../app/app.ts'
import type { ModelId } from '../../domain/names.ts'
import { exitCodes, type Io } from '../command.ts'
import { stewardVersion } from '../version-line.ts'

export const pullOptions = [
  { name: 'pr', summary: 'open a pull request with the change, or bring the open one to it; the work tree stays' },
  { name: 'again', summary: 'with --pr: propose again what was rejected by closing its pull request' },
] as const

/** What `promote --pr` and `rollback --pr` say, and their exit code. */
export async function proposeHere(
  app: App,
  io: Io,
  request: {
    readonly command: 'promote' | 'rollback'
    readonly model: ModelId
    readonly stage: string
    readonly version: number | null
    readonly again: boolean
    readonly signal: AbortSignal
  },
): Promise<number> {
  const { connectGitHub } = await import('../../app/pull-requests/connect.ts')
  const { propose } = await import('../../app/pull-requests/propose.ts')
  const connection = await connectGitHub(app, { version: stewardVersion(), log: (text) => io.note(text) })
  const proposed = await propose(app, connection, request)
  const { number, url, branch, version, outcome } = proposed
  const { model, stage, command } = request
  if (io.json) {
    const pull = outcome === 'nothing' ? null : { number, url, branch }
    io.out(
      JSON.stringify({ format: 'steward.proposal/v1', command, model, stage, version, outcome, pull_request: pull }),
    )
    return exitCodes.done
  }
  if (outcome === 'nothing') io.out(`${stage} of ${model} follows version ${version} already`)
  else io.out(`${outcome} pull request #${number}: ${url}`)
  return exitCodes.done
}
