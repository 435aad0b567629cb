import { deploymentLines, modelLines, versionLines, type ArtifactValues } from './documents.ts'
import { documentFile, type SchemaCopies, type ScaffoldFile } from './yaml-text.ts'

export interface SampleValues {
  readonly root: string
  /** `abc_corp/claim`. */
  readonly namespace: string
  readonly model: string
  readonly owner: string | null
  readonly artifact: ArtifactValues
}

/** What a request to the sample carries, for the next steps. */
export const sampleRequest = { text: 'invoice: total amount due' }

/** The key of a first version's archive below the artifact store's root: the newest version sorts first. */
export function firstVersionKey(namespace: string, model: string): string {
  return `${namespace}/${model}/versions/999999_000001.tar.gz`
}

export function sampleVersionPath({ root, namespace, model }: Pick<SampleValues, 'root' | 'namespace' | 'model'>) {
  return `${root}/${namespace}/${model}/versions/1.yaml`
}

/** One model with one version that stage dev serves. */
export function sampleFiles(values: SampleValues, schemas: SchemaCopies): readonly ScaffoldFile[] {
  const { root, namespace, model, owner, artifact } = values
  const unit = `${root}/${namespace}/${model}`
  const catalog = modelLines({
    description: 'A sample: tells the type of a document by counting known words. Written by hand, not trained.',
    owner,
    url: null,
    riskTier: 'low',
    inference: {
      input: 'One document as {"text": "…"}.',
      output: 'Its type and the share of known words that say so.',
    },
  })
  const version = versionLines({
    description: 'First version.',
    artifacts: [artifact],
    serving: { command: ['node', 'serve.mjs'] },
  })
  const deployment = deploymentLines({ stage: 'dev', version: 1, runtime: null })
  return [
    documentFile(`${unit}/model.yaml`, catalog, { schema: 'model', schemas }),
    documentFile(sampleVersionPath(values), version, { schema: 'model-version', schemas }),
    documentFile(`${unit}/deployments/dev.yaml`, deployment, { schema: 'deployment', schemas }),
  ]
}
