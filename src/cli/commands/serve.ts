import { parseTimer } from '../../domain/durations.ts'
import { exitCodes, type Command } from '../command.ts'
import { usageError } from '../parse.ts'
import { parseLeaseMs } from './lease-option.ts'
import { stewardVersion } from '../version-line.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'follows a branch and keeps everything as it says',
  arguments: [],
  options: [
    { name: 'branch', value: 'NAME', summary: 'the branch to follow (default main)' },
    { name: 'watch', summary: 'follow the work tree as it is instead of a branch, for local work' },
    { name: 'interval', value: 'DURATION', summary: 'how often to look at it (default 30s)' },
    { name: 'once', summary: 'end when everything is settled' },
    { name: 'listen', value: 'HOST:PORT', summary: 'address of /healthz, /readyz, /metrics (default 127.0.0.1:8080)' },
    { name: 'lease', value: 'DURATION', summary: 'length of the lease (default 15s)' },
  ],
  detail: 'Any number may run; one of them writes. SIGTERM ends it in order: what is on its way goes on with the next.',
  examples: [
    'steward serve',
    'steward serve --branch main --interval 5s --listen 127.0.0.1:0',
    'steward serve --once',
    'steward serve --watch',
  ],
  async run({ app, options, environment, io, signal }) {
    const text = options.text('interval') ?? environment.interval ?? '30s'
    const intervalMs = parseTimer(text)
    if (intervalMs === null) throw usageError(`--interval ${text} is no duration such as 30s`)
    if (options.flag('watch') && options.text('branch') !== undefined)
      throw usageError('--watch and --branch exclude each other')
    const { serve: run } = await import('../../daemon/serve.ts')
    const well = await run({
      app,
      branch: options.text('branch') ?? 'main',
      watch: options.flag('watch'),
      intervalMs,
      leaseMs: parseLeaseMs(options, environment),
      listen: options.text('listen') ?? environment.listen ?? '127.0.0.1:8080',
      once: options.flag('once'),
      version: stewardVersion(),
      signal,
      onMessage: (line) => io.note(line),
    })
    return well ? exitCodes.done : exitCodes.problems
  },
}
