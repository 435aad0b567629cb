import { resolveSettings } from '../../declared/settings.ts'
import { exitCodes, type Command } from '../command.ts'
import { requireSettings } from './require-settings.ts'

export const tablesCreate: Command = {
  name: 'tables create',
  summary: 'creates the metadata tables that are missing',
  arguments: [],
  options: [],
  detail: 'Uses the tables that Settings name. Existing tables are checked and never changed.',
  examples: ['steward tables create', 'STEWARD_DYNAMODB_ENDPOINT=http://127.0.0.1:8000 steward tables create'],
  async run({ app, environment, revision, io, signal }) {
    const declared = await app.declared(revision, signal)
    requireSettings(declared)
    const { tables } = declared.state.settings ?? resolveSettings({})
    const prefix = environment.tablePrefix ?? tables.prefix
    const endpoint = environment.dynamodbEndpoint
    const embedded = endpoint === undefined && tables.backend === 'embedded'
    const { created, existing } = await app.createTables({
      endpoint: embedded ? (await app.embeddedStore()).endpoint : (endpoint ?? null),
      local: embedded || app.hasFixedCredentials(endpoint),
      region: embedded ? 'us-east-1' : tables.region,
      prefix,
    })
    if (io.json) io.out(JSON.stringify({ format: 'steward.tables/v1', created, existing }))
    else {
      for (const name of created) io.out(`created ${name}`)
      for (const name of existing) io.out(`${name} is there`)
    }
    return exitCodes.done
  },
}
