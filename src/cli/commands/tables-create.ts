import { tablesTarget } from '../../app/describe-tables.ts'
import { exitCodes, type Command } from '../command.ts'
import { requireSettings } from './require-settings.ts'

export const tablesCreate: Command = {
  name: 'tables create',
  summary: 'creates the metadata tables that are missing',
  arguments: [],
  options: [],
  detail: 'Uses the tables that Settings name. Existing tables are checked and never changed.',
  examples: ['steward tables create', 'STEWARD_DYNAMODB_ENDPOINT=http://127.0.0.1:8000 steward tables create'],
  async run({ app, revision, io, signal }) {
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { created, existing } = await app.createTables(await tablesTarget(app, declared.state.settings))
    if (io.json) io.out(JSON.stringify({ format: 'steward.tables/v1', created, existing }))
    else {
      for (const name of created) io.out(`created ${name}`)
      for (const name of existing) io.out(`${name} is there`)
    }
    return exitCodes.done
  },
}
