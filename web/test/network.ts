// One server with one network for all tests that only read, started before the first of them.
import { Server } from './server'

/** What channels cost: each something else, one nothing that anybody knows. */
async function costs(server: Server): Promise<object[]> {
  const DAY_MS = 86_400_000
  const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)
  const { items } = await server.json<{ items: { channel: string }[] }>('/api/v1/channels')
  return items.slice(1).map(({ channel }, i) => ({
    type: 'cost',
    source_key: `cost-${i}`,
    channel,
    from: day(200),
    to: day(10),
    amount: 40_000 * (i + 1),
    currency: 'AED',
  }))
}

export default async function start(): Promise<() => Promise<void>> {
  const server = new Server()
  await server.start()
  await server.fill(3_000)
  await server.send(await costs(server))
  process.env['PURSUIT_URL'] = server.url
  return () => server.end()
}
