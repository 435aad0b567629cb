import type { DeploymentMethod, RollingStrategy } from '../domain/names.ts'

/** What a driver can do, as a value: rules check it at plan time, so that nothing impossible is ever started. */
export interface Capabilities {
  readonly strategies: readonly RollingStrategy[]
  readonly modes: readonly ('online' | 'batch')[]
  readonly endpointTypes: readonly ('rest' | 'kafka')[]
  readonly endpointAuth: readonly ('none' | 'token' | 'iam')[]
  /** Whether variables may be references to secrets. */
  readonly secrets: boolean
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
