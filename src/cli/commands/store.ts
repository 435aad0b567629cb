import { exitCodes, type Command } from '../command.ts'

export const store: Command = {
  name: 'store',
  summary: 'runs the embedded table engine of a state folder',
  arguments: [],
  options: [
    { name: 'listen', value: 'HOST:PORT', summary: 'a loopback address (default 127.0.0.1:0, a free port)' },
    { name: 'stay', summary: 'do not end after 30 s without a request' },
  ],
  detail: 'Every command starts it on demand; by hand it serves other clients. Its address is in store.json.',
  examples: [
    'steward store --stay',
    'aws dynamodb list-tables --endpoint-url "$(jq -r .endpoint .steward/store.json)"',
  ],
  async run({ app, options, io, signal }) {
    const { runStore } = await import('../../store/main.ts')
    const listen = options.text('listen')
    await runStore({
      stateDir: await app.ensureStateDir(),
      stay: options.flag('stay'),
      signal,
      clock: app.clock,
      onMessage: (text) => io.note(text),
      ...(listen !== undefined && { listen }),
    })
    return exitCodes.done
  },
}
