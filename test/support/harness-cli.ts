// The command line with kill points: HARNESS_STOP='runtime.shift 1 after' ends this process by SIGKILL right after its
// first shift; HARNESS_PAUSE='tables.put 3' stops it by SIGSTOP when its third write is decided and about to be sent.
// Only tests run it.
import { run } from '../../src/cli/run.ts'
import { CallHarness, type StopPoint } from './harness-calls.ts'

const { HARNESS_STOP: stop, HARNESS_PAUSE: pause, ...variables } = process.env
const harness = new CallHarness({
  counted: ['tables', 'runtime', 'artifacts', 'source'],
  stop: stop === undefined ? null : stopPoint(stop),
  onStop: () => process.kill(process.pid, 'SIGKILL'),
  ...(pause !== undefined && {
    pause: { at: stopPoint(pause), onPause: () => process.kill(process.pid, 'SIGSTOP') },
  }),
})
process.exit(await run(process.argv.slice(2), variables, { decorate: harness.decorate }))

function stopPoint(text: string): StopPoint {
  const [of = '', call, when] = text.split(' ')
  return { of, call: Number(call), when: when === 'after' ? 'after' : 'before' }
}
