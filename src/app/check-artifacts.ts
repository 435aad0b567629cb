import { inspectArchive } from '../artifacts/archive.ts'
import { pathOfFileUri, resolveArtifactUri, type ArtifactStore } from '../artifacts/artifact-store.ts'
import { hashArtifact } from '../artifacts/fetch-artifact.ts'
import type { DeclaredState, DeclaredVersion } from '../declared/declared-state.ts'
import { codeEntry, diagnosticCodes, type DiagnosticCode } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { StewardError } from '../domain/errors.ts'
import { isDriven, type ModelId } from '../domain/names.ts'

/** `stat`: existence, size and recorded hash (plan). `bytes`: the content itself (apply). */
export type ArtifactCheck = 'stat' | 'bytes'

export interface ArtifactContext {
  readonly store: ArtifactStore
  readonly base: string
  readonly signal?: AbortSignal
}

/** Checks the artifacts of some versions of a model; each fault stands at the artifact's line. */
export async function checkArtifacts(
  { store, base, signal }: ArtifactContext,
  declared: DeclaredState,
  request: { readonly model: ModelId; readonly versions: readonly number[]; readonly check: ArtifactCheck },
): Promise<Diagnostic[]> {
  const unit = declared.units.get(request.model)
  const found: Diagnostic[] = []
  for (const number of request.versions) {
    const version = unit?.versions.get(number)
    for (const [index, artifact] of (version?.value.artifacts ?? []).entries()) {
      if (version === undefined) continue
      const needed = [...(unit?.deployments.values() ?? [])].some(
        (each) => each.modelVersion === number && isDriven(each.method),
      )
      const fault = await checkArtifact({ store, base, needed, ...(signal && { signal }) }, artifact, request.check)
      if (fault !== null) found.push(toDiagnostic(version, index, fault))
    }
  }
  return found
}

interface ArtifactFault {
  readonly code: DiagnosticCode
  readonly field: 'uri' | 'sha256' | 'size'
  readonly summary: string
  readonly help: string
}

interface DeclaredArtifact {
  readonly name: string
  readonly uri: string
  readonly sha256?: string
  readonly size?: number
}

async function checkArtifact(
  { store, base, needed, signal }: ArtifactContext & { readonly needed: boolean },
  artifact: DeclaredArtifact,
  check: ArtifactCheck,
): Promise<ArtifactFault | null> {
  let uri: string
  try {
    uri = resolveArtifactUri(artifact.uri, base)
    if (uri.startsWith('s3:')) return onS3(uri, needed)
    const stat = await store.stat(uri, signal)
    if (stat === null) {
      const help = `Put it there, or correct \`uri\`. Keys without a scheme stand below ${base}.`
      return { code: 'ST1301', field: 'uri', summary: `artifact ${artifact.name} is missing: ${uri}`, help }
    }
    if (artifact.size !== undefined && stat.size !== artifact.size) return wrongSize(artifact, stat.size)
    const recorded = check === 'bytes' ? (await hashArtifact(store, uri, signal)).sha256 : stat.sha256
    if (artifact.sha256 !== undefined && recorded !== null && recorded !== artifact.sha256)
      return wrongHash(artifact, recorded)
    if (check === 'bytes' && uri.startsWith('file:')) await inspectArchive(pathOfFileUri(uri))
    return null
  } catch (error) {
    if (!(error instanceof StewardError)) throw error
    if (error.code.startsWith('archive_')) {
      const summary = `artifact ${artifact.name} can not be unpacked: ${error.message}`
      return { code: 'ST1304', field: 'uri', summary, help: error.hint ?? diagnosticCodes.ST1304.help }
    }
    if (error.code.startsWith('artifact_')) return unreadable(error.message, error.hint)
    throw error
  }
}

/** A version that is only registered needs no bytes here; one that is to run does. */
function onS3(uri: string, needed: boolean): ArtifactFault {
  const summary = `${uri} is on S3, which this version does not read yet`
  if (needed) return unreadable(summary)
  return { code: 'ST1306', field: 'uri', summary, help: diagnosticCodes.ST1306.help }
}

function unreadable(summary: string, help: string = diagnosticCodes.ST1305.help): ArtifactFault {
  return { code: 'ST1305', field: 'uri', summary, help }
}

function wrongSize({ name, size }: DeclaredArtifact, found: number): ArtifactFault {
  const summary = `artifact ${name} has ${found} bytes, not ${size ?? 0}`
  return { code: 'ST1302', field: 'size', summary, help: diagnosticCodes.ST1302.help }
}

function wrongHash({ name, sha256 }: DeclaredArtifact, found: string): ArtifactFault {
  const summary = `artifact ${name} has sha256 ${found}, not ${sha256 ?? ''}`
  return { code: 'ST1302', field: 'sha256', summary, help: diagnosticCodes.ST1302.help }
}

function toDiagnostic({ document }: DeclaredVersion, index: number, fault: ArtifactFault): Diagnostic {
  const { code, field, summary, help } = fault
  return {
    code,
    severity: codeEntry(code).severity,
    summary,
    help,
    path: document.path,
    range: document.yaml.rangeOf(['artifacts', index, field]),
    pointer: `/artifacts/${index}/${field}`,
    related: [],
  }
}
