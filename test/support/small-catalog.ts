/** Documents of a small catalog, as files of a repository: one model, deployed by others, so that nothing has to run. */
export const UNIT = '/abc/claim/doc'

const FOLDER = `models${UNIT}`

export function settings(more = ''): string {
  return `tables: {backend: dynamodb, region: us-east-1}\nguards: {protected_stages: [prod]}\n${more}`
}

export function version(metrics: Readonly<Record<string, number>>, description = 'A version.'): string {
  return `description: ${description}\nserving: {command: [node, serve.mjs]}\nmetrics: ${JSON.stringify(metrics)}\n`
}

export function deployment(number: number, more = ''): string {
  return `model_version: ${number}\ndeployment_method: external\nmanaged_by: a vendor\nendpoint: https://vendor.example.com/doc\n${more}`
}

export function smallCatalog(): Record<string, string> {
  return {
    'models/_platform/settings.yaml': settings(),
    [`${FOLDER}/model.yaml`]: 'description: Sorts documents.\nowner: alice@example.com\nservices: [intake]\n',
    [`${FOLDER}/versions/1.yaml`]: version({ accuracy: 0.9 }),
    [`${FOLDER}/versions/2.yaml`]: version({ accuracy: 0.93, f1: 0.9 }),
    [`${FOLDER}/versions/3.yaml`]: version({ accuracy: 0.95, f1: 0.91 }),
    [`${FOLDER}/deployments/test.yaml`]: deployment(1),
    [`${FOLDER}/deployments/prod.yaml`]: deployment(1),
  }
}

export const path = (rest: string): string => `${FOLDER}/${rest}`
