/**
 * The server that the sample's archive holds: plain JavaScript for Node >= 20, no dependency. It is small enough to
 * be read, and a real one: it counts words. No backticks in it, and `String.raw` keeps its backslashes.
 */
const server = String.raw`// GET  /ping         200 when the model is loaded
// POST /invocations  {"text": "..."} gives {"label": "...", "score": 0.0 to 1.0}
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { labels, otherwise } = JSON.parse(readFileSync(new URL('words.json', import.meta.url), 'utf8'))
const LARGEST_BODY = 1024 * 1024

function classify(text) {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  const counts = Object.entries(labels).map(([label, known]) => [label, words.filter((word) => known.includes(word)).length])
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  const [label, count] = counts.reduce((best, next) => (next[1] > best[1] ? next : best), [otherwise, 0])
  return { label, score: total === 0 ? 0 : count / total }
}

async function bodyOf(request) {
  const parts = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size <= LARGEST_BODY) parts.push(part)
  }
  return size > LARGEST_BODY ? null : Buffer.concat(parts).toString('utf8')
}

async function answer(request) {
  const path = request.url.split('?')[0]
  if (path === '/ping') return [200, { status: 'ok' }]
  if (path !== '/invocations' || request.method !== 'POST') return [404, { error: 'POST /invocations, or GET /ping' }]
  const body = await bodyOf(request)
  if (body === null) return [413, { error: 'at most 1 MiB' }]
  let input
  try {
    input = JSON.parse(body)
  } catch {
    return [400, { error: 'the body must be JSON' }]
  }
  if (typeof input?.text !== 'string') return [400, { error: 'send {"text": "..."}' }]
  return [200, classify(input.text)]
}

const server = createServer(async (request, response) => {
  try {
    const [status, body] = await answer(request)
    const text = JSON.stringify(body) + '\n'
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  } catch {
    response.destroy()
  }
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

/** Written by hand: the sample shows how a model is packed and served, not how one is trained. */
const words = {
  otherwise: 'other',
  labels: {
    invoice: ['invoice', 'amount', 'total', 'due', 'tax', 'payment', 'bill'],
    repair_estimate: ['repair', 'estimate', 'workshop', 'damage', 'parts', 'labour', 'bumper'],
    medical_report: ['patient', 'diagnosis', 'doctor', 'hospital', 'treatment', 'injury', 'medical'],
    complaint: ['complaint', 'unhappy', 'refund', 'delay', 'unacceptable', 'disappointed', 'dissatisfied'],
  },
}

/** Name and text of each file in the sample's archive. */
export const sampleServerFiles: ReadonlyMap<string, string> = new Map([
  ['serve.mjs', server],
  ['words.json', `${JSON.stringify(words, null, 2)}\n`],
])
