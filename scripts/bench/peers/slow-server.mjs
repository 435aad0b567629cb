// A model server that takes 5 ms for every prediction: the longest part of a request through a proxy is then not its own.
import { createServer } from 'node:http'

const TAKES_MS = 5
const answer = JSON.stringify({ label: 'repair_invoice', score: 0.97 })

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === '/ping') return response.end('{}')
  request.on('end', () =>
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
      response.end(answer)
    }, TAKES_MS),
  )
  request.resume()
})
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
