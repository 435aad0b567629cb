/**
 * `npm run demo`: one promotion, one broken file, and what keeps running meanwhile. Everything happens in a temporary
 * folder with the product's own commands; exit code 0 only if every step was really observed.
 */
import { classifier, estimator, type ExampleModel } from './example.ts'
import { perform, type Scene } from './perform.ts'
import { deploymentsOf, isWell, unitOf, type HistoryJson, type PlanJson, type StatusJson } from './product.ts'
import type { Service } from './service.ts'
import { countByVersion, predict, type PredictionStream, timeline, valueIn, valuesOf, versionsIn } from './stream.ts'
import { until } from './waiting.ts'

/** What is there from the daemon's start to the end. */
interface Running {
  readonly daemon: Service
  readonly claims: PredictionStream
  readonly costs: PredictionStream
}

const exitCode = await perform(async (scene) => {
  await makeRepository(scene)
  await startHost(scene)
  await planAndApply(scene)
  await callEndpoint(scene)
  const daemon = await startDaemon(scene)
  const running = { daemon, ...(await startPredictions(scene)) }
  const beforePromotion = await promote(scene, running)
  await breakFile(scene, running)
  await revert(scene, running)
  await askHistory(scene, beforePromotion)
  await showWhatRuns(scene)
  await stopEverything(scene, running)
  return running.claims.answers.length + running.costs.answers.length
})
// Kept connections must not hold the process.
process.exit(exitCode)

async function makeRepository({ stage, say }: Scene): Promise<void> {
  say.heading('A Git repository with the example catalog')
  await stage.copyExample()
  say.typed('git init -b main && git add models && git commit -m "Two models"')
  await stage.git('init', '-q', '-b', 'main')
  await stage.git('add', 'models')
  await stage.git('commit', '-q', '-m', 'Two models')
  say.typed('steward validate')
  say.shown((await stage.steward(['validate'])).out)
  say.seen('the catalog is committed and valid')
}

async function startHost({ stage, say }: Scene): Promise<void> {
  say.heading('The model host: runs models on this machine, behind one gateway')
  say.typed('steward host --listen 127.0.0.1:0 --control 127.0.0.1:0 &')
  const host = stage.start('the model host', ['host', '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'])
  const find = () => stage.addressOf(host, 'host/host.json', 'gateway')
  const gateway = await until('the host tells its address', find, stage)
  await until('the host says it as well', () => host.log.includes(`${gateway}`) || null, stage)
  say.shown(host.log)
  const { status } = await fetch(`${gateway}/-/healthz`, { signal: stage.signal })
  say.observe('the gateway answers', status === 200, `HTTP ${status}`)
}

async function planAndApply({ stage, say }: Scene): Promise<void> {
  say.heading('The plan, and applying exactly it')
  say.typed('steward plan --out ../plan.json')
  const planned = (await stage.steward(['plan', '--out', '../plan.json'])).out
  say.shown(planned)
  const plan = await stage.readJson<PlanJson>('../plan.json')
  const created = plan.units.flatMap(({ actions }) => actions).filter(({ kind }) => kind === 'deployment.create')
  const prod = created.find(({ key }) => key === `/${classifier.name}#prod`)
  say.observe('nothing is deployed yet: the plan creates four deployments', created.length === 4, `${created.length}`)
  say.observe('prod of doc_classification is to be version 2', prod?.after?.model_version === 2)

  say.typed('steward apply ../plan.json --yes --wait')
  const applied = await stage.steward(['apply', '../plan.json', '--yes', '--wait'])
  say.shown(`… the plan …\n${applied.err}`)
  say.observe('apply has shown the same plan', planned.startsWith(applied.out.trimEnd()))
  const status = await stage.json<StatusJson>('status')
  const live = deploymentsOf(status).filter(({ state, health }) => state === 'live' && health === 'Healthy')
  say.observe('all four deployments are live and healthy', live.length === 4, `${live.length} are`)
}

async function callEndpoint({ stage, say }: Scene): Promise<void> {
  say.heading('A prediction')
  const endpoint = await stage.endpoint(classifier.name, 'prod')
  say.typed(`curl -i ${endpoint} -d '${JSON.stringify(classifier.body)}'`)
  const { status, version, text } = await predict(endpoint, classifier.body)
  say.shown(`HTTP ${status}, x-model-version: ${version}\n${text}`)
  say.observe('version 2 answers', status === 200 && version === 2)
  say.observe('it takes this invoice for a repair_estimate', valueIn(text, 'label') === 'repair_estimate')
}

async function startDaemon({ stage, say }: Scene): Promise<Service> {
  say.heading('The daemon: from here on, a commit is all it takes')
  say.typed('steward serve --branch main --interval 1s --listen 127.0.0.1:0 &')
  const words = ['serve', '--branch', 'main', '--interval', '1s', '--listen', '127.0.0.1:0']
  const daemon = stage.start('the daemon', words)
  const url = await until('the daemon tells its address', () => stage.addressOf(daemon, 'serve.json', 'url'), stage)
  const leads = async (): Promise<true | null> => {
    const metrics = await fetch(`${url}/metrics`, { signal: stage.signal })
    return /^steward_lease_held 1$/m.test(await metrics.text()) || null
  }
  await until('the daemon holds the lease', leads, stage)
  await until('the daemon reads main', () => /revision main@/.test(daemon.log) || null, stage)
  say.shown(daemon.log)
  say.seen('it holds the lease and has read main')
  return daemon
}

async function startPredictions({ stage, say }: Scene): Promise<Omit<Running, 'daemon'>> {
  say.heading('Predictions for both models, from now until the end')
  const start = async ({ name, body, field }: ExampleModel, perSecond: number): Promise<PredictionStream> => {
    const endpoint = await stage.endpoint(name, 'prod')
    say.sentence(`${perSecond} a second to ${endpoint}`)
    return stage.predictions({ endpoint, body, field, perSecond })
  }
  const claims = await start(classifier, 30)
  const costs = await start(estimator, 10)
  await stage.nextAnswers(claims, 30)
  say.observe('version 2 answers all of them', versionsIn(claims.answers) === '2', countByVersion(claims.answers))
  return { claims, costs }
}

/** Gives a moment before the promotion. */
async function promote({ stage, say }: Scene, { daemon, claims }: Running): Promise<string> {
  say.heading('The promotion: prod from version 2 to version 3, by changing one line')
  const beforePromotion = new Date().toISOString()
  const logged = daemon.log.length
  await stage.edit(classifier.prod, 'model_version: 2', 'model_version: 3')
  say.typed('git diff -U0 | tail -2')
  say.shown((await stage.git('diff', '-U0')).split('\n').slice(-2).join('\n'))
  say.typed('git commit -am "Version 3 of doc_classification to prod"')
  const committed = performance.now()
  await stage.git('commit', '-q', '-am', 'Version 3 of doc_classification to prod')

  await until('an answer of version 3', () => claims.newestVersion === 3 || null, stage)
  const liveAndSynced = async (): Promise<true | null> => {
    const status = await stage.json<StatusJson>('status')
    const prod = unitOf(status, classifier.name)?.deployments.find(({ stage }) => stage === 'prod')
    return (prod?.live_version === 3 && prod.state === 'live' && prod.sync === 'Synced') || null
  }
  await until('version 3 live in prod, Synced', liveAndSynced, stage)
  const after = await stage.nextAnswers(claims, 30)
  say.shown(daemon.logSince(logged))
  say.sentence('From the commit on, one digit for each answer: the version that gave it.')
  say.shown(timeline(claims.answers, committed))

  const during = claims.sentSince(committed)
  say.observe('both versions answered while the canary took its steps', versionsIn(during) === '2,3')
  say.observe('now version 3 alone answers', versionsIn(after) === '3', countByVersion(after))
  const told = valuesOf(claims.answers, 2) === 'repair_estimate' && valuesOf(claims.answers, 3) === 'repair_invoice'
  say.observe('the same document is a repair_estimate for version 2 and a repair_invoice for version 3', told)
  say.observe(`no request failed: ${countByVersion(during)}`, claims.failures.length === 0)
  return beforePromotion
}

async function breakFile({ stage, say }: Scene, { daemon, claims, costs }: Running): Promise<void> {
  say.heading('A broken file: prod of the other model names a version that does not exist')
  const logged = daemon.log.length
  const path = estimator.prod
  const line = await stage.edit(path, 'model_version: 1', 'model_version: 12')
  say.typed('steward validate')
  const { out } = await stage.steward(['validate'], 1)
  say.shown(out)
  const pointed = out.includes(`--> ${path}:${line}:`) && out.includes(`${line} | model_version: 12`)
  say.observe(`validate exits 1 and points at line ${line}`, pointed)

  say.sentence('In a pull request that is where it ends. Here it is committed all the same:')
  say.typed('git commit -am "Version 12 of vehicle_repair_cost to prod"')
  await stage.git('commit', '-q', '-am', 'Version 12 of vehicle_repair_cost to prod')
  const named = (): true | null => daemon.logSince(logged).includes(` ${path}:${line}:`) || null
  await until(`the daemon's log names ${path}:${line}`, named, stage)
  const moment = performance.now()
  await Promise.all([stage.nextAnswers(claims, 30), stage.nextAnswers(costs, 10)])
  say.shown(daemon.logSince(logged))
  say.seen('the daemon names the same line')
  say.typed('steward status')
  say.shown((await stage.steward(['status'])).out)
  const status = await stage.json<StatusJson>('status')
  const broken = unitOf(status, estimator.name)
  const others = status.units.filter((unit) => unit !== broken)
  say.observe('the broken model is blocked', broken?.sync === 'OutOfSync' && broken.reason === 'Blocked')
  say.observe('every other model is Synced and Healthy', others.length > 0 && others.every(isWell))
  const served = deploymentsOf(status).filter(({ state, health }) => state === 'live' && health === 'Healthy')
  say.observe('all four deployments go on', served.length === 4, `${served.length} do`)
  const [ofClassifier, ofEstimator] = [claims.sentSince(moment), costs.sentSince(moment)]
  const answered = versionsIn(ofClassifier) === '3' && versionsIn(ofEstimator) === '1'
  say.observe(
    `no request failed meanwhile: ${ofClassifier.length} answers of the one model, ${ofEstimator.length} of the other`,
    answered && claims.failures.length + costs.failures.length === 0,
  )
}

async function revert({ stage, say }: Scene, { daemon, costs }: Running): Promise<void> {
  say.heading('The way back is Git as well')
  const logged = daemon.log.length
  say.typed('git revert --no-edit HEAD')
  await stage.git('revert', '--no-edit', 'HEAD')
  const head = await stage.git('rev-parse', 'HEAD')
  const synced = async (): Promise<StatusJson | null> => {
    const status = await stage.json<StatusJson>('status')
    const applied = status.last_applied_revision?.endsWith(head) === true
    return applied && status.units.every(isWell) ? status : null
  }
  await until('everything Synced at the reverted commit', synced, stage)
  say.shown(daemon.logSince(logged))
  say.observe('the daemon has read the revert', daemon.logSince(logged).includes(head))
  say.seen('every model is Synced and Healthy at this commit')
  say.observe('the model that was broken answered with version 1 all the time', versionsIn(costs.answers) === '1')
}

async function askHistory({ stage, say }: Scene, beforePromotion: string): Promise<void> {
  say.heading('What ran in prod before?')
  const all = ['history', classifier.name, '--stage', 'prod']
  say.typed(`steward ${all.join(' ')}`)
  say.shown((await stage.steward(all)).out)
  const [now, before, ...older] = (await stage.json<HistoryJson>(...all)).entries
  say.observe('version 3 is live', now?.model_version === 3 && now.status === 'live' && now.live_until === null)
  const retired = before?.model_version === 2 && before.status === 'retired' && before.live_until !== null
  say.observe('before it, version 2', retired && older.length === 0)

  const asOf = [...all, '--as-of', beforePromotion]
  say.typed(`steward ${asOf.join(' ')}`)
  say.shown((await stage.steward(asOf)).out)
  const { entries } = await stage.json<HistoryJson>(...asOf)
  say.observe('as of then: version 2, and nothing else', entries.map((entry) => entry.model_version).join() === '2')
}

async function showWhatRuns({ stage, say }: Scene): Promise<void> {
  say.heading('Where each version runs')
  const { units } = await stage.json<StatusJson>('status')
  const rows: string[][] = [['model', 'stage', 'version', 'endpoint']]
  let answering = 0
  for (const { unit, deployments } of units) {
    for (const { stage: name, live_version: live, endpoint } of deployments) {
      rows.push([unit.replace(/^\//, ''), name, String(live), endpoint ?? 'none'])
      const body = unit === `/${classifier.name}` ? classifier.body : estimator.body
      const { status, version } = await predict(endpoint ?? '', body)
      if (status === 200 && version === live) answering += 1
    }
  }
  say.table(rows)
  say.observe('each endpoint answers with its version', rows.length === 5 && answering === 4, `${answering} do`)
}

async function stopEverything({ say, cleanUp }: Scene, { claims, costs }: Running): Promise<void> {
  say.heading('The end of everything')
  await Promise.all([claims.stop(), costs.stop()])
  say.observe('every prediction was answered', claims.failures.length + costs.failures.length === 0)
  const problems = await cleanUp.run((fact) => say.seen(fact))
  say.observe('everything ended in order', problems.length === 0, problems.join('; '))
}
