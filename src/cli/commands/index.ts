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
    name: 'history',
    arguments: ['MODEL'],
    summary: 'shows what ran, newest first, or what ran at a moment',
    load: async () => (await import('./history.ts')).history,
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
    name: 'tables create',
    arguments: [],
    summary: 'creates the metadata tables that are missing',
    load: async () => (await import('./tables-create.ts')).tablesCreate,
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
