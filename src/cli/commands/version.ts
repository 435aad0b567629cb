import { exitCodes, type PlainCommand } from '../command.ts'
import { stewardVersion, versionLine } from '../version-line.ts'

export const version: PlainCommand = {
  name: 'version',
  summary: 'shows the versions of steward and Node',
  arguments: [],
  options: [],
  examples: ['steward version', 'steward version --json'],
  async answer({ io }) {
    const { node } = process.versions
    io.out(io.json ? JSON.stringify({ format: 'steward.version/v1', version: stewardVersion(), node }) : versionLine())
    return exitCodes.done
  },
}
