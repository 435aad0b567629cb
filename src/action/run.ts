import { join } from 'node:path'
import { maskTokens } from '../domain/secret-tokens.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { code, sentence } from '../report/markdown.ts'
import { writeFileAtomically } from '../system/files.ts'
import { openStep, type Step, type Variables } from './context.ts'
import type { StepResult } from './result.ts'
import { Runner } from './runner.ts'
import { runApply } from './run-apply.ts'
import { runPlan } from './run-plan.ts'
import { runValidate } from './run-validate.ts'

const commands = { validate: runValidate, plan: runPlan, apply: runApply } as const

/** Runs one step of a workflow and gives its exit code. Every failure ends here, as an annotation and a code. */
export async function run(variables: Variables, signal: AbortSignal, version: string): Promise<number> {
  const write = (text: string): void => void process.stdout.write(text)
  const runner = new Runner(write, { output: variables.GITHUB_OUTPUT, summary: variables.GITHUB_STEP_SUMMARY })
  let step: Step | null = null
  try {
    step = await openStep(variables, { runner, signal, version })
    runner.log(`Model Steward ${version}: ${step.inputs.command}`)
    const result = await commands[step.inputs.command](step)
    await finish(step, result)
    return result.failed ? 1 : 0
  } catch (error) {
    await explain(runner, error)
    return 1
  } finally {
    await step?.app.close()
  }
}

async function finish(step: Step, result: StepResult): Promise<void> {
  const { runner, temp, github } = step
  const summaryPath = join(temp, 'steward-summary.md')
  await writeFileAtomically(summaryPath, `${result.summary}\n`, 0o644)
  await runner.summary(result.summary)
  await runner.output('result', result.result)
  await runner.output('plan-digest', result.planDigest ?? '')
  await runner.output('changes', result.changes === null ? '' : String(result.changes))
  await runner.output('errors', String(result.errors))
  await runner.output('plan-path', result.planPath ?? '')
  await runner.output('summary-path', summaryPath)
  if (github !== null) runner.log(`${github.requests} requests to GitHub`)
}

async function explain(runner: Runner, error: unknown): Promise<void> {
  const text = maskTokens(errorMessage(error))
  const hint = error instanceof StewardError ? error.hint : undefined
  runner.error(hint === undefined ? text : `${text}\n${hint}`)
  if (!(error instanceof StewardError)) {
    runner.log(maskTokens(error instanceof Error ? (error.stack ?? '') : ''))
    runner.log('This is a mistake of steward’s own: please report it with the lines above.')
  }
  await runner.output('result', 'error')
  await runner.summary(`### Steward could not finish\n\n${code(text.split('\n')[0] ?? '')}\n\n${sentence(hint ?? '')}`)
}
