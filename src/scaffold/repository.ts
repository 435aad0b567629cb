import type { ScaffoldFile } from './yaml-text.ts'

/** What a host of Git repositories and its users need beside the catalog. */
export function repositoryFiles(root: string, owner: string | null, namespace: string): readonly ScaffoldFile[] {
  const file = (path: string, lines: readonly string[]): ScaffoldFile => ({ path, text: `${lines.join('\n')}\n` })
  return [
    file('.gitignore', ['# The state of Model Steward on this machine: tables, archives, logs.', '.steward/']),
    file('.github/CODEOWNERS', codeowners(root, owner, namespace)),
    file('.github/workflows/steward.yml', workflow(root)),
    file('.pre-commit-config.yaml', preCommit(root)),
  ]
}

function codeowners(root: string, owner: string | null, namespace: string): readonly string[] {
  return [
    '# Whose review a pull request needs: the last line that matches a file decides. It binds once the branch is',
    '# protected with "Require review from Code Owners". An owner is @user, @organisation/team or an address, and must',
    '# have write access. Write teams: a person leaves.',
    '',
    '# Settings, runtimes, roles and life cycles bind everybody: the platform team.',
    owner === null ? `# /${root}/_platform/ @abc/ml-platform` : `/${root}/_platform/ ${owner}`,
    `# /.github/ @abc/ml-platform`,
    '',
    '# The models of a namespace: the team that answers for them.',
    `# /${root}/${namespace.split('/')[0] ?? ''}/ @abc/data-science`,
    '',
    '# What serves in production, of every model: whoever releases.',
    `# /${root}/**/deployments/prod.yaml @abc/ml-release`,
  ]
}

function workflow(root: string): readonly string[] {
  return [
    'name: steward',
    'on:',
    '  pull_request:',
    '  # A merge queue waits for this check too.',
    '  merge_group:',
    'permissions:',
    '  contents: read',
    'concurrency:',
    '  group: steward-${{ github.ref }}',
    '  cancel-in-progress: true',
    'jobs:',
    '  validate:',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 10',
    '    steps:',
    '      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0',
    '        with:',
    '          persist-credentials: false',
    '      - uses: actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0',
    '        with:',
    "          node-version: '24'",
    '      # Which Steward runs: the package `model-steward`, if it is a devDependency of this repository (commit',
    '      # package.json and package-lock.json), else the one at the path in the variable STEWARD of this repository,',
    '      # a checkout on the runner with its dependencies installed. Needs no secret; validate itself uses no network.',
    '      - name: Validate',
    '        env:',
    '          STEWARD: ${{ vars.STEWARD }}',
    '        run: |',
    '          if [ -f package-lock.json ]; then',
    '            npm ci',
    `            npx --no-install steward validate --root ${root}`,
    '          elif [ -n "$STEWARD" ]; then',
    `            node "$STEWARD/bin/steward.mjs" validate --root ${root}`,
    '          else',
    '            echo "Add model-steward to devDependencies, or set the variable STEWARD: see this file." >&2',
    '            exit 1',
    '          fi',
  ]
}

function preCommit(root: string): readonly string[] {
  return [
    '# Checks the catalog before each commit, for those who run `pre-commit install` (https://pre-commit.com).',
    'repos:',
    '  - repo: local',
    '    hooks:',
    '      - id: steward-validate',
    '        name: steward validate',
    '        language: system # The `steward` on the PATH; with the devDependency: npx --no-install steward …',
    `        entry: steward validate --root ${root}`,
    `        files: ^${root.replaceAll('.', '\\.')}/.*\\.ya?ml$`,
    '        pass_filenames: false # Rules go across documents.',
  ]
}
