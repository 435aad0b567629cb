import { afterAll, beforeAll, describe } from 'vitest'
import { externalTables, type ExternalTables } from '../recorded/external-tables.ts'
import { describeTables } from '../recorded/tables-contract.ts'
import { startMoto, type MotoServer } from './moto.ts'
import { pythonTools } from './python.ts'

const found = pythonTools()
if (typeof found === 'string') console.log(`SKIPPED: moto can not be had here: ${found}`)

describe.skipIf(typeof found === 'string')('tables on moto', () => {
  let moto: MotoServer
  let opened: ExternalTables

  beforeAll(async () => {
    if (typeof found === 'string') return
    moto = await startMoto(found)
    opened = await externalTables(moto.endpoint)
  })
  afterAll(async () => {
    await opened.close()
    await moto.close()
  })

  describeTables('moto', async () => opened.tables)
})
