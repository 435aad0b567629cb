import { FakeTables } from '../support/fake-tables.ts'
import { describeTables } from './tables-contract.ts'

const tables = new FakeTables()
describeTables('the tables in memory', async () => tables)
