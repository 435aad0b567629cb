// The command line with kill points: HARNESS_STOP=<call>:before|after ends this process by SIGKILL at that call.
import { run } from '../../src/cli/run.ts'
import { CallHarness } from './harness-calls.ts'

const [call = '', when] = (process.env.HARNESS_STOP ?? '').split(':')
const harness = new CallHarness({
  stop: call === '' ? null : { call: Number(call), when: when === 'after' ? 'after' : 'before' },
  onStop: () => process.kill(process.pid, 'SIGKILL'),
})
const { HARNESS_STOP: _stop, ...variables } = process.env
const code = await run(process.argv.slice(2), variables, { decorate: harness.decorate })
if (process.env.HARNESS_COUNT === '1') console.error(`calls: ${harness.calls.length}`)
process.exit(code)
