import type { ArtifactReference } from '../artifacts/fetch-artifact.ts'
import { digestOf, type Digest } from '../domain/digest.ts'
import type { Json } from '../domain/json.ts'

/** A reference stands for a secret that is read when a process starts; its value is never part of a body. */
export type EnvironmentVariable =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly secret_ref: string }

/** Servers of one version. All but `replicas` and `weight` decide what runs, and are what `spec_digest` covers. */
export interface SetBody {
  /** The deployment id. */
  readonly id: string
  readonly model_version: number
  readonly artifacts: readonly ArtifactReference[]
  readonly command: readonly string[]
  readonly environment_variables: readonly EnvironmentVariable[]
  readonly replicas: number
  /** The share of requests, relative to the other sets of the deployment. */
  readonly weight: number
}

/** Requests must bear this token. */
export interface TokenAuth {
  readonly type: 'token'
  readonly token_ref: string
}

/** What a caller asks for under one key, as the control API takes and gives it. */
export interface DeploymentBody {
  readonly path: string
  /** Null: everybody who reaches the gateway may ask. */
  readonly auth: TokenAuth | null
  /** A request header whose value keeps a caller on one set; null where there is none. */
  readonly sticky_header: string | null
  readonly sets: readonly SetBody[]
}

/** A size that was not given is not there, so that the caller's digest of the same artifact is ours. */
function artifactAsJson({ name, uri, sha256, size }: ArtifactReference): { readonly [key: string]: Json } {
  return size === null ? { name, uri, sha256 } : { name, uri, sha256, size }
}

export function setAsJson(set: SetBody): { readonly [key: string]: Json } {
  return {
    id: set.id,
    model_version: set.model_version,
    artifacts: set.artifacts.map(artifactAsJson),
    command: set.command,
    environment_variables: set.environment_variables.map((variable) => ({ ...variable })),
    replicas: set.replicas,
    weight: set.weight,
  }
}

/** What concerns the whole deployment; optional fields only where they were put. */
export function settingsAsJson({ path, auth, sticky_header }: DeploymentBody): { readonly [key: string]: Json } {
  return { path, ...(auth !== null && { auth: { ...auth } }), ...(sticky_header !== null && { sticky_header }) }
}

export function bodyAsJson(body: DeploymentBody): { readonly [key: string]: Json } {
  return { ...settingsAsJson(body), sets: body.sets.map(setAsJson) }
}

/** Digest of everything that decides what a server process of the set is. */
export function specDigestOf(set: SetBody): Digest {
  const { id: _id, replicas: _replicas, weight: _weight, ...spec } = setAsJson(set)
  return digestOf(spec)
}

export function bodyDigestOf(body: DeploymentBody): Digest {
  return digestOf(bodyAsJson(body))
}
