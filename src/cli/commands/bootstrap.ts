import type { App } from '../../app/app.ts'
import type { ResolvedSettings } from '../../declared/declared-state.ts'
import { StewardError } from '../../domain/errors.ts'
import type { RevisionRequest } from '../../source/source.ts'
import { ownFormat, type Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { accountOptions } from './bootstrap-options.ts'
import { printTemplate, templateFormats } from './print-template.ts'
import { requireSettings } from './require-settings.ts'

export const bootstrap: Command = {
  name: 'bootstrap',
  summary: 'prints what an AWS account needs: tables, bucket, roles for GitHub Actions',
  arguments: [],
  options: [
    { name: 'repository', value: 'OWNER/NAME', summary: 'the model repository on GitHub' },
    { name: 'owner-id', value: 'NUMBER', summary: 'its owner: gh api repos/OWNER/NAME --jq .owner.id' },
    { name: 'repository-id', value: 'NUMBER', summary: 'the repository: gh api repos/OWNER/NAME --jq .id' },
    { name: 'branch', value: 'BRANCH', summary: 'pushes of it may apply (default: main, without --environment)' },
    {
      name: 'environment',
      value: 'NAME',
      summary: 'jobs of this GitHub environment may apply; may be repeated',
      many: true,
    },
    { name: 'bucket', value: 'BUCKET', summary: 'for the artifacts (default: of artifacts.uri in the settings)' },
    {
      name: 'oidc-provider',
      value: 'ARN',
      summary: 'the OIDC provider of GitHub Actions that the account has (default: one is made)',
    },
  ],
  reads: 'worktree',
  formats: templateFormats,
  detail:
    'Needs --format terraform or --format cloudformation, and asks nobody: it prints a template and changes nothing. ' +
    'What is not given here is asked for when the template is used. docs/aws-setup.md goes through it.',
  examples: [
    'steward bootstrap --format terraform > steward/main.tf',
    'steward bootstrap --format cloudformation --repository octo-org/models --bucket octo-models > steward.yaml',
    'steward bootstrap --format terraform --environment production --environment staging',
  ],
  async run({ app, revision, options, io, signal }) {
    const format = io.json ? null : ownFormat(bootstrap, options)
    if (format === null) {
      throw usageError('bootstrap needs a format', 'Add --format terraform or --format cloudformation.')
    }
    const settings = await settingsAround(app, revision, signal)
    const { accountBlueprint } = await import('../../provision/blueprint.ts')
    const known = { prefix: app.tablesPlace(settings).prefix, bucket: bucketOf(app, settings) }
    return printTemplate(format, accountBlueprint(accountOptions(options, known)), io)
  },
}

/** Outside of a repository the defaults hold: an account may be there first. */
async function settingsAround(
  app: App,
  revision: RevisionRequest,
  signal: AbortSignal,
): Promise<ResolvedSettings | null> {
  try {
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    return declared.state.settings
  } catch (error) {
    if (error instanceof StewardError && error.code === 'repository_missing') return null
    throw error
  }
}

/** The bucket of `s3://bucket/prefix`. */
function bucketOf(app: App, settings: ResolvedSettings | null): string | null {
  const uri = app.options.environment.artifactsUri ?? settings?.artifactsUri ?? ''
  return /^s3:\/\/([^/]+)/.exec(uri)?.[1] ?? null
}
