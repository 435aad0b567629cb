/**
 * `npm run demo`: one promotion, one broken file, and what keeps running meanwhile. Everything happens in a temporary
 * folder with the product's own commands; exit code 0 only if every step was really observed.
 */
import { perform, type Scene } from './perform.ts'
import { deploymentsOf, unitOf, type HistoryJson, type PlanJson, type StatusJson } from './product.ts'
import type { Service } from './service.ts'
import { countByVersion, predict, PredictionStream, timeline } from './stream.ts'
import { pause, until } from './waiting.ts'

const CLASSIFIER = 'abc_corp/claim/doc_classification'
const ESTIMATOR = 'abc_corp/pricing/vehicle_repair_cost'
const prodFile = (model: string): string => `models/${model}/deployments/prod.yaml`

/** Version 2 takes it for an estimate: the prediction itself tells which version gave it. */
const INVOICE = { text: 'Invoice for the repair of the car' }
const DAMAGE = {
  vehicle_class: 'compact',
  vehicle_age_years: 4,
  mileage_km: 60_000,
  impact_speed_kmh: 35,
  damaged_zones: 2,
  airbag_deployed: false,
  workshop: 'authorised',
}

/** What is there from the daemon's start to the end. */
interface Running {
  readonly daemon: Service
  readonly classifier: PredictionStream
  readonly estimator: PredictionStream
}

await perform(async (scene) => {
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
  return running.classifier.answers.length + running.estimator.answers.length
})

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
  say.shown(host.log)
  const { status } = await fetch(`${gateway}/-/healthz`, { signal: stage.signal })
  say.observe('the gateway answers', status === 200, `HTTP ${status}`)
}

async function planAndApply({ stage, say }: Scene): Promise<void> {
  say.heading('The plan, and applying exactly it')
  say.typed('steward plan --out ../plan.json')
  say.shown((await stage.steward(['plan', '--out', '../plan.json'])).out)
  const plan = await stage.readJson<PlanJson>('../plan.json')
  const created = plan.units.flatMap(({ actions }) => actions).filter(({ kind }) => kind === 'deployment.create')
  const prod = created.find(({ key }) => key === `/${CLASSIFIER}#prod`)
  say.observe('nothing is deployed yet: the plan creates four deployments', created.length === 4, `${created.length}`)
  say.observe('prod of doc_classification is to be version 2', prod?.after?.model_version === 2)

  say.typed('steward apply ../plan.json --yes --wait')
  const applied = await stage.steward(['apply', '../plan.json', '--yes', '--wait'])
  say.sentence('  … the same plan …')
  say.shown(applied.err)
  const status = await stage.json<StatusJson>('status')
  const live = deploymentsOf(status).filter(({ state, health }) => state === 'live' && health === 'Healthy')
  say.observe('all four deployments are live and healthy', live.length === 4, `${live.length} are`)
}

async function callEndpoint({ stage, say }: Scene): Promise<void> {
  say.heading('A prediction')
  const endpoint = await stage.endpoint(CLASSIFIER, 'prod')
  say.typed(`curl -i ${endpoint} -d '${JSON.stringify(INVOICE)}'`)
  const { status, version, text } = await predict(endpoint, INVOICE)
  say.shown(`HTTP ${status}, x-model-version: ${version}\n${text}`)
  say.observe('version 2 answers', status === 200 && version === 2)
  say.observe('it takes this invoice for a repair_estimate', JSON.parse(text).label === 'repair_estimate')
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
  const stream = async (model: string, body: unknown, field: string, perSecond: number): Promise<PredictionStream> => {
    const endpoint = await stage.endpoint(model, 'prod')
    say.sentence(`${perSecond} a second to ${endpoint}`)
    return stage.predictions({ endpoint, body, field, perSecond })
  }
  const classifier = await stream(CLASSIFIER, INVOICE, 'label', 30)
  const estimator = await stream(ESTIMATOR, DAMAGE, 'repair_cost', 10)
  await pause(1_000, stage.signal)
  const onlyOld = classifier.answers.length >= 10 && classifier.answers.every(({ version }) => version === 2)
  say.observe('version 2 answers all of them', onlyOld, countByVersion(classifier.answers))
  return { classifier, estimator }
}

/** Gives a moment before the promotion. */
async function promote({ stage, say }: Scene, { daemon, classifier }: Running): Promise<string> {
  say.heading('The promotion: prod from version 2 to version 3, by changing one line')
  const beforePromotion = new Date().toISOString()
  const logged = daemon.log.length
  await stage.edit(prodFile(CLASSIFIER), 'model_version: 2', 'model_version: 3')
  say.typed('git diff -U0')
  say.shown((await stage.git('diff', '-U0')).split('\n').slice(-2).join('\n'))
  say.typed('git commit -am "Version 3 of doc_classification to prod"')
  const committed = performance.now()
  await stage.git('commit', '-q', '-am', 'Version 3 of doc_classification to prod')

  await until('an answer of version 3', () => classifier.newestVersion === 3 || null, stage)
  const liveAndSynced = async (): Promise<true | null> => {
    const status = await stage.json<StatusJson>('status')
    const prod = unitOf(status, CLASSIFIER)?.deployments.find(({ stage }) => stage === 'prod')
    return (prod?.live_version === 3 && prod.state === 'live' && prod.sync === 'Synced') || null
  }
  await until('version 3 live in prod, Synced', liveAndSynced, stage)
  const live = performance.now()
  await pause(1_000, stage.signal)
  say.shown(daemon.logSince(logged))
  say.sentence('From the commit on, one digit for each answer: the version that gave it.')
  say.shown(timeline(classifier.answers, committed))

  const during = classifier.sentSince(committed)
  const after = classifier.sentSince(live)
  const says = (version: number): string =>
    [...new Set(classifier.answers.filter((answer) => answer.version === version).map(({ value }) => value))].join()
  say.observe('both versions answered while one replica after the other was replaced', new Set(during.map(({version})=>version)).size === 2)
  say.observe('since it is live, version 3 alone answers', after.length >= 10 && after.every(({ version }) => version === 3), countByVersion(after))
  say.observe('version 2 says repair_estimate, version 3 says repair_invoice', says(2) === 'repair_estimate' && says(3) === 'repair_invoice')
  say.observe(`no request failed: ${countByVersion(during)}`, classifier.failures.length === 0)
  return beforePromotion
}
