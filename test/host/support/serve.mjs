// A model server for tests. Its first argument says how it behaves.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdirSync, mkdtempSync, readdirSync, writeSync } from 'node:fs'

const behaviour = process.argv[2] ?? 'well'
if (behaviour === 'crash') {
  console.error('loading the model')
  console.error('cannot load the model: bad magic number')
  process.exit(3)
}
/** Prints its secret in the ways of careless programs, in pieces that end in the middle of it. */
const tattle = async (name) => {
  const value = process.env[name] ?? ''
  const texts = [
    value,
    JSON.stringify({ value }),
    encodeURIComponent(value),
    Buffer.from(`u:${value}`).toString('base64'),
  ]
  for (const text of texts) {
    process.stdout.write(`${name} is ${text.slice(0, 5)}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
    process.stdout.write(`${text.slice(5)}.\n`)
  }
}
if (behaviour.startsWith('tattle')) {
  await tattle('TOKEN')
  await tattle('KEY')
}
if (behaviour === 'tattle-crash') {
  writeSync(2, `can not log in with ${process.env.TOKEN}, my key is\n${process.env.KEY}\n`)
  process.exit(4)
}
if (behaviour === 'launched') {
  // What serves is a child: the process that the host started outlives it for a second.
  const child = spawn(process.execPath, [process.argv[1]], { stdio: 'inherit' })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  await new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  process.exit(child.exitCode ?? 0)
}
if (behaviour === 'crash-later') {
  setTimeout(
    () => {
      console.error('out of memory')
      process.exit(4)
    },
    Number(process.argv[3] ?? 500),
  )
}
const read = async (request) => {
  let size = 0
  const parts = []
  for await (const part of request) {
    size += part.length
    if (size <= 64 * 1024) parts.push(part)
  }
  return { size, text: Buffer.concat(parts).toString('utf8') }
}
const server = createServer(async (request, response) => {
  if (request.url === '/ping') {
    response.statusCode = behaviour === 'never' ? 503 : 200
    return response.end('{}')
  }
  const { size, text } = await read(request).catch(() => ({ size: -1, text: '' }))
  if (text === 'confess') {
    writeSync(2, `fatal: ${process.env.TOKEN}`)
    process.kill(process.pid, 'SIGKILL')
  }
  // Both leave a mark, so that a test can count.
  if (text === 'exit') {
    mkdtempSync('exit-')
    process.exit(7)
  }
  if (text === 'reset') {
    mkdtempSync('reset-')
    return request.socket.resetAndDestroy()
  }
  if (text.startsWith('wait ')) await new Promise((resolve) => setTimeout(resolve, Number(text.slice(5))))
  response.setHeader('content-type', 'application/json')
  const { headers } = request
  const files = readdirSync('.', { recursive: true }).toSorted()
  response.end(JSON.stringify({ pid: process.pid, size, text: text.slice(0, 100), headers, env: process.env, files }))
})
if (behaviour === 'never') console.log('warming up for ever')
/** Only the first process in the working folder is quick. */
const isLate = () => {
  try {
    mkdirSync('first')
    return false
  } catch {
    return true
  }
}
if (behaviour === 'slow' || (behaviour === 'staggered' && isLate()))
  setTimeout(() => server.listen(process.env.PORT, '127.0.0.1'), behaviour === 'slow' ? 500 : 2_000)
else server.listen(process.env.PORT, '127.0.0.1')
if (behaviour === 'brief')
  setTimeout(() => {
    console.error('out of memory')
    process.exit(9)
  }, 250)
if (behaviour === 'stubborn') {
  // Ignores SIGTERM and has a child that would outlive it.
  process.on('SIGTERM', () => {})
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
} else process.on('SIGTERM', () => process.exit(0))
