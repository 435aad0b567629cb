import type { DeploymentMethod, RollingStrategy } from '../domain/names.ts'

/** What a driver can do, as a value: rules check it at plan time, so that nothing impossible is ever started. */
export interface Capabilities {
  readonly strategies: readonly RollingStrategy[]
  readonly modes: readonly ('online' | 'batch')[]
  readonly endpointTypes: readonly ('rest' | 'kafka')[]
  readonly endpointAuth: readonly ('none' | 'token' | 'iam')[]
  /** Schemes of references to secrets that the target resolves when a process starts. */
  readonly secretSchemes: readonly string[]
  /** Whether a header's value can keep a caller on one version. */
  readonly stickyHeader: boolean
  /** The largest percent that a canary may have before 100. */
  readonly largestCanary: number
  /** Variables that the target sets itself. */
  readonly ownVariables: readonly string[]
  readonly holds: boolean
  readonly challengers: boolean
  readonly autoscaling: boolean
  /** How a version may be served. */
  readonly serving: readonly ('command' | 'image' | 'server')[]
  /** Schemes of artifact URIs after resolution. */
  readonly artifactSchemes: readonly string[]
}

export type CapabilityTable = ReadonlyMap<DeploymentMethod, Capabilities>
