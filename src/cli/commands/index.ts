import type { CommandEntry } from '../command.ts'

/**
 * The commands in the order of the overview. A command's file is loaded when the command is asked for, so that a start
 * does not grow with their number; a test compares what is written here with what the commands say of themselves.
 */
export const commands: readonly CommandEntry[] = [
  {
    name: 'init',
    arguments: ['[DIR]'],
    summary: 'makes a folder a model repository, with a sample that runs',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'new model',
    arguments: ['MODEL'],
    summary: 'writes a catalog entry into the work tree',
    load: async () => (await import('./new-model.ts')).newModelCommand,
  },
  {
    name: 'new version',
    arguments: ['MODEL'],
    summary: 'writes a version under the next free number into the work tree',
    load: async () => (await import('./new-version.ts')).newVersionCommand,
  },
  {
    name: 'new deployment',
    arguments: ['MODEL', 'STAGE'],
    summary: 'writes a deployment of a stage into the work tree',
    load: async () => (await import('./new-deployment.ts')).newDeploymentCommand,
  },
  {
    name: 'validate',
    arguments: [],
    summary: 'shows all problems of the documents, each at its line',
    load: async () => (await import('./validate.ts')).validate,
  },
  {
    name: 'plan',
    arguments: [],
    summary: 'shows what applying a revision would do',
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'apply',
    arguments: ['[PLAN]'],
    summary: 'records and deploys what a revision declares',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'status',
    arguments: ['[MODEL]'],
    summary: 'shows what is declared, recorded and running',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'drift',
    arguments: ['[MODEL]'],
    summary: 'shows how what runs differs from what was deployed',
    load: async () => (await import('./drift.ts')).drift,
  },
  {
    name: 'diff',
    arguments: ['[MODEL]'],
    summary: 'shows what is declared against what runs, field by field',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'logs',
    arguments: ['MODEL'],
    summary: 'shows what the processes of a stage wrote last',
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    name: 'history',
    arguments: ['MODEL'],
    summary: 'shows what ran, newest first, or what ran at a moment',
    load: async () => (await import('./history.ts')).history,
  },
  {
    name: 'inventory',
    arguments: [],
    summary: 'shows what serves in the stages, now or at a moment, or who serves a service tag',
    load: async () => (await import('./inventory.ts')).inventory,
  },
  {
    name: 'audit verify',
    arguments: ['[MODEL]'],
    summary: 'checks that the audit is whole and accounts for what is recorded',
    load: async () => (await import('./audit-verify.ts')).auditVerify,
  },
  {
    name: 'audit export',
    arguments: ['[MODEL]'],
    summary: 'prints who changed what and when, oldest first',
    load: async () => (await import('./audit-export.ts')).auditExport,
  },
  {
    name: 'show',
    arguments: ['MODEL[@N]'],
    summary: 'shows the resolved documents of a model, with where each value comes from',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'promote',
    arguments: ['MODEL@N'],
    summary: 'lets a stage follow a version: changes one line of its deployment',
    load: async () => (await import('./promote.ts')).promote,
  },
  {
    name: 'rollback',
    arguments: ['MODEL'],
    summary: 'lets a stage follow again the version that served before',
    load: async () => (await import('./rollback.ts')).rollback,
  },
  {
    name: 'hold',
    arguments: ['MODEL'],
    summary: 'keeps what runs in a stage as it is, for a reason',
    load: async () => (await import('./hold.ts')).hold,
  },
  {
    name: 'resume',
    arguments: ['MODEL'],
    summary: 'ends a hold: the stage follows its version again',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'deprecate',
    arguments: ['MODEL@N'],
    summary: 'says that a version should not be used any more, and why',
    load: async () => (await import('./deprecate.ts')).deprecate,
  },
  {
    name: 'serve',
    arguments: [],
    summary: 'follows a branch and keeps everything as it says',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'host',
    arguments: [],
    summary: 'runs models on this machine',
    load: async () => (await import('./host.ts')).host,
  },
  {
    name: 'store',
    arguments: [],
    summary: 'runs the embedded table engine of a state folder',
    load: async () => (await import('./store.ts')).store,
  },
  {
    name: 'adopt',
    arguments: ['[MODEL]'],
    summary: 'takes over table items that others have written',
    load: async () => (await import('./adopt.ts')).adopt,
  },
  {
    name: 'tables create',
    arguments: [],
    summary: 'creates the metadata tables that are missing',
    load: async () => (await import('./tables-create.ts')).tablesCreate,
  },
  {
    name: 'tables describe',
    arguments: [],
    summary: 'compares the metadata tables with their definition, or prints it as a template',
    load: async () => (await import('./tables-describe.ts')).tablesDescribe,
  },
  {
    name: 'bootstrap',
    arguments: [],
    summary: 'prints what an AWS account needs: tables, bucket, roles for GitHub Actions',
    load: async () => (await import('./bootstrap.ts')).bootstrap,
  },
  {
    name: 'doctor',
    arguments: [],
    summary: 'looks whether everything is there that a run needs',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'explain',
    arguments: ['[CODE]'],
    summary: 'says what a diagnostic code means and what to do',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'schema',
    arguments: ['KIND'],
    summary: 'prints the JSON Schema of a kind of document',
    load: async () => (await import('./schema.ts')).schema,
  },
  {
    name: 'completion',
    arguments: ['SHELL'],
    summary: 'prints a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'version',
    arguments: [],
    summary: 'shows the versions of steward and Node',
    load: async () => (await import('./version.ts')).version,
  },
]
