// The server that is packed with every example model: plain JavaScript for Node >= 20, no dependency.
//   GET  /ping         200 when the model is loaded
//   POST /invocations  {…} gives a prediction, {"instances": [{…}, …]} gives {"predictions": […]}
// Environment: PORT (required), LOG_REQUESTS=all | errors (default) | none. Documents are never logged.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { load } from './predict.mjs'

const HOST = '127.0.0.1'
const LARGEST_BODY = 1024 * 1024
const LONGEST_DRAIN_MS = 10_000

class Refusal extends Error {
  constructor(status, code, message, headers = {}) {
    super(message)
    Object.assign(this, { status, code, headers })
  }
}

const port = Number(process.env.PORT)
if (!process.env.PORT || !Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`PORT must be a number from 0 to 65535, not ${JSON.stringify(process.env.PORT ?? '')}`)
  process.exit(64)
}
const logged = process.env.LOG_REQUESTS ?? 'errors'
const model = load((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
const server = createServer(respond)
let draining = false

server.requestTimeout = 30_000
server.on('error', (error) => {
  console.error(`cannot listen on ${HOST}:${port}: ${error.message}`)
  process.exit(1)
})
server.listen(port, HOST, () => log({ event: 'listening', port: server.address().port, ...model.about }))
process.on('SIGTERM', drain)
process.on('SIGINT', drain)

async function respond(request, response) {
  const started = performance.now()
  response.on('error', () => {})
  let reply
  try {
    reply = { status: 200, body: await answer(request), headers: {} }
  } catch (error) {
    reply = replyTo(error)
  }
  if (logged === 'all' || (logged === 'errors' && reply.status >= 400)) {
    const milliseconds = Math.round(performance.now() - started)
    log({ event: 'request', method: request.method, path: pathOf(request), status: reply.status, milliseconds })
  }
  const text = JSON.stringify(reply.body) + '\n'
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...reply.headers }
  if (draining) headers.connection = 'close'
  response.writeHead(reply.status, headers)
  // HEAD has the headers of GET and no body.
  response.end(request.method === 'HEAD' ? undefined : text)
  // What is left of a refused body is read and thrown away (at most for `requestTimeout`): closing the connection
  // instead could reset it before the client has read the answer.
  request.resume()
}

async function answer(request) {
  const path = pathOf(request)
  if (path === '/ping') {
    allow(request, ['GET', 'HEAD'])
    return { status: 'ok', ...model.about }
  }
  if (path === '/invocations') {
    allow(request, ['POST'])
    return predictions(parsed(await bodyOf(request)))
  }
  throw new Refusal(404, 'not_found', 'this server has GET /ping and POST /invocations')
}

function predictions(input) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new Refusal(400, 'invalid_input', 'the body must be a JSON object')
  }
  if (!Object.hasOwn(input, 'instances')) return prediction(input, '')
  if (!Array.isArray(input.instances)) throw new Refusal(400, 'invalid_input', 'instances must be an array')
  return { predictions: input.instances.map((instance, index) => prediction(instance, `instances[${index}]: `)) }
}

function prediction(instance, where) {
  const problem = model.problemOf(instance)
  if (problem !== null) throw new Refusal(400, 'invalid_input', where + problem)
  return model.predict(instance)
}

async function bodyOf(request) {
  const tooLarge = () => new Refusal(413, 'body_too_large', `the body is larger than ${LARGEST_BODY} bytes`)
  if (Number(request.headers['content-length']) > LARGEST_BODY) throw tooLarge()
  return new Promise((resolve, reject) => {
    const chunks = []
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      if (size > LARGEST_BODY) {
        chunks.length = 0
        reject(tooLarge())
      } else {
        chunks.push(chunk)
      }
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => reject(new Refusal(400, 'aborted', 'the request ended before its body')))
  })
}

function parsed(body) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Refusal(400, 'invalid_json', 'the body is not JSON in UTF-8')
  }
}

function allow(request, methods) {
  if (methods.includes(request.method)) return
  const allowed = methods.join(', ')
  throw new Refusal(405, 'method_not_allowed', `allowed: ${allowed}`, { allow: allowed })
}

function replyTo(error) {
  if (error instanceof Refusal) {
    return {
      status: error.status,
      body: { error: { code: error.code, message: error.message } },
      headers: error.headers,
    }
  }
  console.error(error)
  const message = 'the model failed; see the log of the server'
  return { status: 500, body: { error: { code: 'internal', message } }, headers: {} }
}

function pathOf(request) {
  return request.url.split('?', 1)[0]
}

function log(entry) {
  console.log(JSON.stringify({ time: new Date().toISOString(), ...entry }))
}

/** Takes no new connection, finishes the requests that run, and then the process has nothing left to do. */
function drain() {
  if (draining) return
  draining = true
  server.close()
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), LONGEST_DRAIN_MS).unref()
}
