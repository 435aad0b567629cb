import type { SchemaCopies, ScaffoldFile } from './yaml-text.ts'

/** Which documents, below the root, each schema describes. */
const documentsOf: Readonly<Record<string, string>> = {
  settings: '_platform/settings.yaml',
  roles: '_platform/roles.yaml',
  runtime: '_platform/runtimes/*.yaml',
  lifecycle: '_platform/lifecycles/*.yaml',
  freeze: '_platform/freezes/*.yaml',
  namespace: '**/namespace.yaml',
  model: '**/model.yaml',
  'model-version': '**/versions/*.yaml',
  deployment: '**/deployments/*.yaml',
  approval: '**/approvals/*.yaml',
  'training-pipeline': '**/training.yaml',
}

/** Visual Studio Code with the YAML extension: errors, completion and hover from the copies of the schemas. */
export function editorSettings(root: string, { folder, names }: SchemaCopies): ScaffoldFile {
  const mapped = Object.entries(documentsOf).filter(([schema]) => names.includes(schema))
  const settings = {
    'yaml.schemas': Object.fromEntries(
      mapped.map(([schema, glob]) => [`./${folder}/${schema}.schema.json`, `/${root}/${glob}`]),
    ),
  }
  return { path: '.vscode/settings.json', text: `${JSON.stringify(settings, null, 2)}\n` }
}
