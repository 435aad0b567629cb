import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startedServer } from './running-server.ts'
import { CLASSIFIER, REPAIR_COST, unpacked } from './unpacked.ts'

const INVOICE = 'this is an invoice. we have finished the repair. total cost after repair CHF 2400.00'
const ESTIMATE = 'this is not an invoice. we will begin the repair soon. total cost before repair CHF 2400.00'
const DAMAGE = {
  vehicle_class: 'compact',
  vehicle_age_years: 3,
  mileage_km: 42_000,
  impact_speed_kmh: 35,
  damaged_zones: 2,
  airbag_deployed: false,
  workshop: 'independent',
}

describe('a served doc_classification', () => {
  it.each([1, 2, 3])('version %i answers ping and predicts', async (version) => {
    await using files = await unpacked(CLASSIFIER, version)
    await using server = await startedServer(files)
    const ping = await fetch(`${server.url}/ping`)
    expect([ping.status, await ping.json()]).toEqual([200, { status: 'ok', model: `/${CLASSIFIER}`, version }])
    const { status, body } = await invoked(server.url, { text: 'the patient is unable to work, diagnosis whiplash' })
    expect(status).toBe(200)
    expect(body).toEqual({ label: 'medical_report', score: expect.any(Number) })
  })

  it('version 3 tells an invoice from an estimate, several in one request', async () => {
    await using files = await unpacked(CLASSIFIER, 3)
    await using server = await startedServer(files)
    const { body } = await invoked(server.url, { instances: [{ text: INVOICE }, { text: ESTIMATE }] })
    expect(body).toMatchObject({ predictions: [{ label: 'repair_invoice' }, { label: 'repair_estimate' }] })
  })

  it('refuses bad input and goes on', async () => {
    await using files = await unpacked(CLASSIFIER, 3)
    await using server = await startedServer(files)
    const cases: readonly (readonly [string, number, string])[] = [
      ['{"text": ', 400, 'the body is not JSON in UTF-8'],
      ['', 400, 'the body is not JSON in UTF-8'],
      ['[]', 400, 'the body must be a JSON object'],
      ['null', 400, 'the body must be a JSON object'],
      ['{}', 400, 'text must be a string'],
      ['{"text": 7}', 400, 'text must be a string'],
      ['{"text": "  "}', 400, 'text is empty'],
      ['{"instances": {}}', 400, 'instances must be an array'],
      ['{"instances": [{"text": "a"}, null]}', 400, 'instances[1]: expected an object with text'],
      [' '.repeat(1024 * 1024 + 1), 413, 'the body is larger than 1048576 bytes'],
    ]
    for (const [sent, status, message] of cases) {
      const answer = await invoked(server.url, sent)
      expect(answer).toMatchObject({ status, body: { error: { message } } })
    }
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404)
    expect((await fetch(`${server.url}/invocations`)).status).toBe(405)
    expect(await invoked(server.url, { text: 'constructor __proto__' })).toMatchObject({ status: 200 })
    expect((await fetch(`${server.url}/ping`)).status).toBe(200)
  })

  it('finishes the running request after SIGTERM and exits with 0', async () => {
    await using files = await unpacked(CLASSIFIER, 1)
    await using server = await startedServer(files)
    const body = JSON.stringify({ text: INVOICE })
    const socket = connect(server.port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8').on('data', (text: string) => (received += text))
    // `100 Continue` says that the request runs, before its body is there.
    const head = `POST /invocations HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`
    socket.write(head)
    await once(socket, 'data')
    const exit = server.stopped()
    await refused(server.port)
    socket.write(body)
    await once(socket, 'close')
    expect(received).toContain('HTTP/1.1 200 OK')
    expect(received).toContain('"label"')
    expect(await exit).toBe(0)
  })
})

describe('a served vehicle_repair_cost', () => {
  it.each([1, 2])('version %i answers ping and predicts more for more damage', async (version) => {
    await using files = await unpacked(REPAIR_COST, version)
    await using server = await startedServer(files)
    expect((await fetch(`${server.url}/ping`)).status).toBe(200)
    const worse = { ...DAMAGE, impact_speed_kmh: 70, damaged_zones: 6, airbag_deployed: true }
    const { status, body } = await invoked(server.url, { instances: [DAMAGE, worse] })
    expect(status).toBe(200)
    const { predictions } = body as { readonly predictions: readonly { repair_cost: number; currency: string }[] }
    const [small, large] = predictions.map(({ repair_cost }) => repair_cost)
    expect(predictions.map(({ currency }) => currency)).toEqual(['EUR', 'EUR'])
    expect(small).toBeGreaterThan(150)
    expect(large).toBeGreaterThan(3 * (small ?? Infinity))
  })

  it.each([
    [{ vehicle_class: 'tank' }, 'vehicle_class must be one of small, compact, family, suv, van'],
    [{ workshop: undefined }, 'workshop must be one of independent, authorised'],
    [{ airbag_deployed: 'no' }, 'airbag_deployed must be true or false'],
    [{ impact_speed_kmh: -1 }, 'impact_speed_kmh must be a number from 0 to 300'],
    [{ damaged_zones: 1.5 }, 'damaged_zones must be a whole number'],
  ])('refuses %j', async (change, message) => {
    await using files = await unpacked(REPAIR_COST, 2)
    await using server = await startedServer(files)
    const answer = await invoked(server.url, { ...DAMAGE, ...change })
    expect(answer).toEqual({ status: 400, body: { error: { code: 'invalid_input', message } } })
  })
})

/** A string is sent as it is, anything else as JSON. */
async function invoked(url: string, input: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const sent = typeof input === 'string' ? input : JSON.stringify(input)
  const answer = await fetch(`${url}/invocations`, { method: 'POST', body: sent })
  return { status: answer.status, body: await answer.json() }
}

/** Waits until nothing listens on the port any more. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (!open) return
  }
}
