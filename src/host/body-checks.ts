import { resolveArtifactUri } from '../artifacts/artifact-store.ts'
import type { ArtifactReference } from '../artifacts/fetch-artifact.ts'
import { errorMessage } from '../domain/errors.ts'
import { problemOfReference } from '../secrets/secret-reference.ts'
import type { DeploymentBody, EnvironmentVariable, SetBody, TokenAuth } from './deployment-body.ts'
import { invalid } from './refusal.ts'
import { integerAt, listAt, objectAt, refuseTwice, textAt } from './value-checks.ts'

const KEY = /^(?:\/[a-z0-9][a-z0-9_-]*){2,}#[a-z0-9][a-z0-9_-]*$/
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/
/** RFC 9110, 5.6.2: a token. */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/
const MAX_SETS = 16
const MAX_REPLICAS = 64

function artifactAt(value: unknown, where: string): ArtifactReference {
  const given = objectAt(value, where, ['name', 'uri', 'sha256', 'size'])
  const name = textAt(given['name'], `${where}.name`)
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name)) throw invalid(`${where}.name must match [a-z0-9][a-z0-9_-]*`)
  const uri = textAt(given['uri'], `${where}.uri`)
  if (!/^(?:s3|file):/i.test(uri)) throw invalid(`${where}.uri must be absolute: s3://… or file:///…`)
  try {
    resolveArtifactUri(uri, 'file:///')
  } catch (error) {
    throw invalid(`${where}.uri: ${errorMessage(error)}`)
  }
  const sha256 = given['sha256']
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid(`${where}.sha256 of artifact "${name}" must be 64 lower-case hexadecimal digits`)
  }
  const size = given['size'] ?? null
  if (size === null) return { name, uri, sha256, size }
  return { name, uri, sha256, size: integerAt(size, `${where}.size`, 0, Number.MAX_SAFE_INTEGER) }
}

function variableAt(value: unknown, where: string): EnvironmentVariable {
  const given = objectAt(value, where, ['name', 'value', 'secret_ref'])
  const name = textAt(given['name'], `${where}.name`)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw invalid(`${where}.name must match [A-Za-z_][A-Za-z0-9_]*`)
  if (name === 'PATH' || name === 'PORT') throw invalid(`${where}.name: ${name} is set by the host`)
  if (given['secret_ref'] === undefined) return { name, value: textAt(given['value'], `${where}.value`) }
  if (given['value'] !== undefined) throw invalid(`${where} must have either value or secret_ref, not both`)
  return { name, secret_ref: referenceAt(given['secret_ref'], `${where}.secret_ref`) }
}

function referenceAt(value: unknown, where: string): string {
  const reference = textAt(value, where)
  const problem = problemOfReference(reference)
  if (problem !== null) throw invalid(`${where}: ${problem}`, 'unsupported')
  return reference
}

function commandAt(value: unknown, where: string): readonly string[] {
  const command = listAt(value, where, 1024).map((part, index) => textAt(part, `${where}[${index}]`))
  if (command[0] === undefined || command[0] === '') throw invalid(`${where} must name a program`)
  return command
}

const SET_FIELDS = ['id', 'model_version', 'artifacts', 'command', 'environment_variables', 'replicas', 'weight']

function setAt(value: unknown, where: string): SetBody {
  const given = objectAt(value, where, SET_FIELDS)
  const id = textAt(given['id'], `${where}.id`)
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) {
    throw invalid(`${where}.id must match [A-Za-z0-9][A-Za-z0-9_-]* and have at most 64 characters`)
  }
  const artifacts = listAt(given['artifacts'], `${where}.artifacts`, 100).map((artifact, index) =>
    artifactAt(artifact, `${where}.artifacts[${index}]`),
  )
  refuseTwice(
    artifacts.map(({ name }) => name),
    `${where}.artifacts`,
  )
  const variables = listAt(given['environment_variables'] ?? [], `${where}.environment_variables`, 1000).map(
    (variable, index) => variableAt(variable, `${where}.environment_variables[${index}]`),
  )
  refuseTwice(
    variables.map(({ name }) => name),
    `${where}.environment_variables`,
  )
  const weight = given['weight']
  if (typeof weight !== 'number' || !(weight >= 0 && weight <= 100)) {
    throw invalid(`${where}.weight must be a number from 0 to 100`)
  }
  return {
    id,
    model_version: integerAt(given['model_version'], `${where}.model_version`, 1, Number.MAX_SAFE_INTEGER),
    artifacts,
    command: commandAt(given['command'], `${where}.command`),
    environment_variables: variables,
    replicas: integerAt(given['replicas'], `${where}.replicas`, 0, MAX_REPLICAS),
    weight,
  }
}

/** `/ns/model#name`. */
export function checkKey(key: string): string {
  if (!KEY.test(key)) throw invalid(`the key ${JSON.stringify(key)} must have the form /namespace/model#deployment`)
  return key
}

/** `/ns/model#name` serves `/ns/model/name` unless the body says otherwise. */
export function defaultPathOf(key: string): string {
  return key.replace('#', '/')
}

function pathAt(value: unknown, key: string): string {
  const path = value === undefined || value === null ? defaultPathOf(key) : textAt(value, 'path')
  if (!PATH.test(path)) throw invalid('path must be /segment/segment… of letters, digits and . _ ~ -')
  if (path === '/-' || path.startsWith('/-/')) throw invalid("path must not begin with /-/: that is the host's own")
  return path
}

function stickyHeaderAt(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const name = textAt(value, 'sticky_header')
  if (!HEADER.test(name)) throw invalid('sticky_header must be the name of a request header')
  return name
}

function authAt(value: unknown): TokenAuth | null {
  if (value === undefined || value === null) return null
  const given = objectAt(value, 'auth', ['type', 'token_ref'])
  if (given['type'] !== 'token') throw invalid('auth.type must be "token"', 'unsupported')
  return { type: 'token', token_ref: referenceAt(given['token_ref'], 'auth.token_ref') }
}

/** The body of a PUT in its full form; throws a 422 that names the first wrong place. */
export function checkBody(key: string, value: unknown): DeploymentBody {
  const given = objectAt(value, 'the body', ['path', 'auth', 'sticky_header', 'sets'])
  const path = pathAt(given['path'], key)
  const auth = authAt(given['auth'])
  const sticky_header = stickyHeaderAt(given['sticky_header'])
  const sets = listAt(given['sets'], 'sets', MAX_SETS).map((set, index) => setAt(set, `sets[${index}]`))
  refuseTwice(
    sets.map(({ id }) => id),
    'sets',
  )
  return { path, auth, sticky_header, sets }
}
