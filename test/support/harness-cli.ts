// The command line with kill points: HARNESS_STOP='runtime.shift 1 after' ends this process by SIGKILL right after its
// first shift. Only tests run it.
import { run } from '../../src/cli/run.ts'
import { CallHarness, type StopPoint } from './harness-calls.ts'

const { HARNESS_STOP: wanted, ...variables } = process.env
const harness = new CallHarness({
  stop: wanted === undefined ? null : stopPoint(wanted),
  onStop: () => process.kill(process.pid, 'SIGKILL'),
})
process.exit(await run(process.argv.slice(2), variables, { decorate: harness.decorate }))

function stopPoint(text: string): StopPoint {
  const [of = '', call, when] = text.split(' ')
  return { of, call: Number(call), when: when === 'after' ? 'after' : 'before' }
}
