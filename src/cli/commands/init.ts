import { relative, resolve } from 'node:path'
import type { InitResult } from '../../app/init.ts'
import { isError } from '../../domain/diagnostics.ts'
import { parseModelReference, splitModelId } from '../../domain/names.ts'
import { sampleRequest } from '../../scaffold/sample.ts'
import { exitCodes, type Command, type Io, type Options } from '../command.ts'
import { usageError } from '../parse.ts'
import { printDiagnostics } from '../print-diagnostics.ts'

export const init: Command = {
  name: 'init',
  summary: 'makes a folder a model repository, with a sample that runs',
  arguments: ['[DIR]'],
  options: [
    { name: 'namespace', value: 'NAMESPACE', summary: 'of the sample (default: abc_corp/claim)' },
    { name: 'model', value: 'NAME', summary: 'of the sample (default: doc_classification)' },
    { name: 'owner', value: 'ADDRESS', summary: 'of the sample and the platform (default: user.email of Git)' },
    { name: 'no-git', summary: 'fail where there is no Git repository, instead of making one' },
  ],
  detail:
    'Writes settings, a runtime for this machine, a life cycle, copies of the schemas and settings for editors,\n' +
    'CODEOWNERS, a workflow, and, where the catalog has no model yet, a sample. Never changes a file that is there:\n' +
    'run it again to get what is missing. The sample’s archive goes to the artifact store, not into Git; on another\n' +
    'machine `steward init` puts it there again.',
  examples: [
    'steward init',
    'steward init ~/models --namespace acme/fraud --model card_fraud',
    'steward init --no-git --json',
  ],
  async run({ app: given, arguments: [directory], options, io, signal }) {
    const folder = resolve(directory ?? given.options.repo)
    const sample = sampleName(options)
    const [{ App }, { initRepository }] = await Promise.all([import('../../app/app.ts'), import('../../app/init.ts')])
    // The folder that is named is the repository, whatever folder this runs in.
    const app = new App({ ...given.options, repo: folder })
    try {
      const owner = options.text('owner') ?? null
      const result = await initRepository(app, { folder, ...sample, owner, git: !options.flag('no-git') }, signal)
      const { diagnostics, declared } = result.checked
      if (io.json) io.out(JSON.stringify(initJson(result)))
      else {
        printFiles(result, folder, io)
        await printDiagnostics(diagnostics, declared.frame, io)
        for (const line of nextSteps(result, { folder, root: app.options.root, ...sample })) io.out(line)
      }
      return diagnostics.some(isError) ? exitCodes.problems : exitCodes.done
    } finally {
      await app.close()
    }
  },
}

function sampleName(options: Options): { readonly namespace: string; readonly model: string } {
  const namespace = (options.text('namespace') ?? 'abc_corp/claim').replace(/^\//, '')
  const model = options.text('model') ?? 'doc_classification'
  const reference = parseModelReference(`${namespace}/${model}`)
  const name = 'Names are lower-case letters, digits, _ and -; a namespace is some of them with / between.'
  if (reference === null || reference.version !== null) throw usageError(`${namespace}/${model} is no model name`, name)
  const { name: last } = splitModelId(reference.model)
  if (last !== model) throw usageError(`--model ${model} is no model name`, name)
  return { namespace, model }
}

/** `init --json`. */
function initJson({ gitInitialised, written, kept, archive, noSample, checked }: InitResult) {
  return {
    format: 'steward.init/v1',
    git_initialised: gitInitialised,
    written,
    kept,
    archive,
    no_sample: noSample,
    diagnostics: checked.diagnostics,
  }
}

function printFiles(
  { gitInitialised, written, kept, archive, sample, noSample }: InitResult,
  folder: string,
  io: Io,
): void {
  if (gitInitialised) io.out(`made a Git repository: ${folder} (branch main)`)
  for (const path of written) io.out(`wrote ${path}`)
  for (const path of kept) io.out(`kept ${path} as it is`)
  if (archive !== null) io.out(`wrote the sample’s archive to ${archive}`)
  if (!sample && noSample !== null) io.out(`no sample: ${noSample}`)
}

interface Where {
  readonly folder: string
  readonly root: string
  readonly namespace: string
  readonly model: string
}

function nextSteps({ sample }: InitResult, { folder, root, namespace, model }: Where): readonly string[] {
  const here = relative(process.cwd(), folder)
  const rootOption = root === 'models' ? '' : ` --root ${root}`
  const run = [
    'steward host &                    # runs models on this machine',
    `steward apply --yes --wait${rootOption}        # records what HEAD declares, and deploys it`,
    `curl -d '${JSON.stringify(sampleRequest)}' http://127.0.0.1:7070/${namespace}/${model}/dev`,
  ]
  return [
    '',
    'Next:',
    ...(here === '' ? [] : [`  cd ${here.startsWith('..') ? folder : here}`]),
    `  steward validate${rootOption}                  # shows every problem at its line`,
    '  git add --all && git commit -m "A model catalog"',
    ...(sample ? run.map((line) => `  ${line}`) : []),
    `Then: steward new model|version|deployment${rootOption}. Read .github/CODEOWNERS and .github/workflows/steward.yml:`,
    'they say what is for you to decide.',
  ]
}
