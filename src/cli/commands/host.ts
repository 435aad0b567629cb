import { exitCodes, type Command } from '../command.ts'
import { stewardVersion } from '../version-line.ts'

export const host: Command = {
  name: 'host',
  summary: 'runs models on this machine',
  arguments: [],
  options: [
    {
      name: 'listen',
      value: 'HOST:PORT',
      summary: 'address of the gateway (default 127.0.0.1:7070; port 0: a free one)',
    },
    { name: 'control', value: 'HOST:PORT', summary: 'address of the control API (default 127.0.0.1:7071)' },
  ],
  detail: 'Deployments of runtimes with `deployment_method: local host` run here. Ctrl-C drains and stops everything.',
  examples: ['steward host', 'steward host --listen 127.0.0.1:0 --control 127.0.0.1:0 --state /var/lib/steward'],
  async run({ app, options, environment, io, signal }) {
    const { runHost } = await import('../../host/main.ts')
    const { clock, ids, randomness } = app
    await runHost({
      listen: options.text('listen') ?? environment.listen ?? '127.0.0.1:7070',
      control: options.text('control') ?? environment.hostControl?.replace(/^https?:\/\//, '') ?? '127.0.0.1:7071',
      stateDir: await app.ensureStateDir(),
      environmentPath: environment.path,
      environmentVariable: environment.variable,
      version: stewardVersion(),
      onMessage: (text) => io.note(text),
      signal,
      clock,
      ids,
      randomness,
    })
    return exitCodes.done
  },
}
