/** Every wait of the host, in milliseconds. Tests shorten them; nothing else in `src/host` names a duration. */
export interface HostTimings {
  /** Between two probes of a server that is not ready yet. */
  readonly startProbeMs: number
  readonly startProbeTimeoutMs: number
  /** A server that is not ready by then is ended, and the set tells a failure. */
  readonly startDeadlineMs: number
  /** Between two probes of a ready server. */
  readonly liveProbeMs: number
  readonly liveProbeTimeoutMs: number
  /** So many failed probes in a row end a ready server. A count. */
  readonly liveProbeFailures: number
  readonly firstBackoffMs: number
  readonly longestBackoffMs: number
  /** A server that was ready for that long is well: it starts the back-off anew and ends a crash loop. */
  readonly resetBackoffMs: number
  /** So many ends in a row before ready are a failure. A count. */
  readonly earlyExits: number
  /** So many crashes in a row, each soon after the server was ready, are a loop. A count. */
  readonly crashLoop: number
  /** The longest that one secret may take to be read. */
  readonly secretTimeoutMs: number
  /** How long a token of a deployment is known, once read. */
  readonly tokenCacheMs: number
  readonly artifactRetryMs: number
  readonly longestArtifactRetryMs: number
  /** How long a server that leaves may finish its requests, before SIGTERM. */
  readonly drainMs: number
  /** From SIGTERM to SIGKILL. */
  readonly terminateMs: number
  /** How long a request waits for a server that is about to be ready. */
  readonly waitForReadyMs: number
  /** The longest silence of a server while it answers a request. */
  readonly answerTimeoutMs: number
  /** Between two signs of life in the lock file. */
  readonly lockBeatMs: number
  /** A lock whose holder can't be judged is taken over when it shows no sign of life for that long. */
  readonly lockStaleMs: number
}

export const DEFAULT_TIMINGS: HostTimings = {
  startProbeMs: 200,
  startProbeTimeoutMs: 2_000,
  startDeadlineMs: 60_000,
  liveProbeMs: 2_000,
  liveProbeTimeoutMs: 5_000,
  liveProbeFailures: 3,
  firstBackoffMs: 200,
  longestBackoffMs: 10_000,
  resetBackoffMs: 10_000,
  earlyExits: 3,
  crashLoop: 3,
  secretTimeoutMs: 10_000,
  tokenCacheMs: 3_000,
  artifactRetryMs: 1_000,
  longestArtifactRetryMs: 30_000,
  drainMs: 30_000,
  terminateMs: 5_000,
  waitForReadyMs: 2_000,
  answerTimeoutMs: 300_000,
  lockBeatMs: 2_000,
  lockStaleMs: 10_000,
}
