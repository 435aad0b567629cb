/** Upper bounds of the latency buckets, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface Observation {
  readonly deployment: string
  /** Empty where no server was found. */
  readonly modelVersion: string
  readonly deploymentId: string
  /** `2xx` … `5xx`, or `aborted`: the client went away. */
  readonly outcome: string
  readonly seconds: number
}

export interface ReadyReplicas {
  readonly deployment: string
  readonly modelVersion: string
  readonly deploymentId: string
  readonly ready: number
}

interface Latency {
  readonly buckets: number[]
  sum: number
  count: number
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')

function labels(of: {
  readonly deployment: string
  readonly modelVersion: string
  readonly deploymentId: string
}): string {
  const { deployment, modelVersion, deploymentId } = of
  return `deployment="${escaped(deployment)}",model_version="${modelVersion}",deployment_id="${escaped(deploymentId)}"`
}

export function outcomeOf(status: number): string {
  return `${Math.floor(status / 100)}xx`
}

/** Counts of the gateway, in the text format of Prometheus. */
export class GatewayMetrics {
  readonly #requests = new Map<string, number>()
  readonly #latencies = new Map<string, Latency>()

  observe(observation: Observation): void {
    const key = labels(observation)
    const request = `${key},code="${observation.outcome}"`
    this.#requests.set(request, (this.#requests.get(request) ?? 0) + 1)
    const latency = this.#latencies.get(key) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }
    this.#latencies.set(key, latency)
    latency.sum += observation.seconds
    latency.count += 1
    BUCKETS.forEach((bound, index) => {
      if (observation.seconds <= bound) latency.buckets[index] = (latency.buckets[index] ?? 0) + 1
    })
  }

  /** Forgets deployments that are no longer there. */
  keepOnly(deployments: ReadonlySet<string>): void {
    const kept = [...deployments].map((deployment) => `deployment="${escaped(deployment)}",`)
    for (const map of [this.#requests, this.#latencies]) {
      for (const key of map.keys()) if (!kept.some((start) => key.startsWith(start))) map.delete(key)
    }
  }

  render(ready: readonly ReadyReplicas[]): string {
    const requests = 'steward_host_requests_total'
    const duration = 'steward_host_request_duration_seconds'
    const replicas = 'steward_host_ready_replicas'
    const lines = [`# HELP ${requests} Requests that the gateway answered.`, `# TYPE ${requests} counter`]
    for (const [key, count] of this.#requests) lines.push(`${requests}{${key}} ${count}`)
    lines.push(`# HELP ${duration} From the first byte of a request to the last of its answer.`)
    lines.push(`# TYPE ${duration} histogram`)
    for (const [key, { buckets, sum, count }] of this.#latencies) {
      BUCKETS.forEach((bound, index) => lines.push(`${duration}_bucket{${key},le="${bound}"} ${buckets[index] ?? 0}`))
      lines.push(`${duration}_bucket{${key},le="+Inf"} ${count}`)
      lines.push(`${duration}_sum{${key}} ${sum}`, `${duration}_count{${key}} ${count}`)
    }
    lines.push(`# HELP ${replicas} Replicas that requests may go to.`, `# TYPE ${replicas} gauge`)
    for (const of of ready) lines.push(`${replicas}{${labels(of)}} ${of.ready}`)
    return `${lines.join('\n')}\n`
  }
}
