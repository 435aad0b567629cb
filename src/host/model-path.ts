import type { RunningDeployment } from './running-deployment.ts'
import type { Supervisor } from './supervisor.ts'

/** What a path of the gateway means. */
export interface ModelPath {
  readonly deployment: RunningDeployment
  readonly asks: 'prediction' | 'ping'
}

/** `<path>` and `<path>/invocations` are for predictions, `<path>/ping` for load balancers; null: nobody serves it. */
export function findModelPath(supervisor: Supervisor, path: string, method: string | undefined): ModelPath | null {
  const below = (end: string): RunningDeployment | undefined =>
    path.endsWith(end) ? supervisor.serving(path.slice(0, -end.length)) : undefined
  const pinged = method === 'GET' || method === 'HEAD' ? below('/ping') : undefined
  if (pinged !== undefined) return { deployment: pinged, asks: 'ping' }
  const deployment = supervisor.serving(path) ?? below('/invocations')
  return deployment === undefined ? null : { deployment, asks: 'prediction' }
}
