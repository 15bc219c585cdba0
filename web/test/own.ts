// A server of a test's own, with a handful of leads: for tests that change things.
import { test } from './page'
import { Server } from './server'

const STAMP = Date.now()
export const ago = (hours: number) => new Date(STAMP - hours * 3_600_000).toISOString()

/** A handful of leads of two dealers, the first of them the best. */
export function rows(): object[] {
  const stages = ['Contacted', 'Experiencing', 'Deciding']
  return Array.from({ length: 12 }, (_, i) => {
    const lead_id = `L-${String(i + 1).padStart(2, '0')}`
    const lead = {
      type: 'lead',
      lead_id,
      created_at: ago(200),
      region: i % 2 ? 'UAE' : 'KSA',
      dealer: i % 2 ? 'Marina' : 'Riyadh North',
      channel: 'web',
      nameplate: 'Terra',
      owner: 'sara',
      name: `Person ${i + 1}`,
      phone: '+971501234567',
    }
    const events = stages
      .slice(0, 3 - Math.floor(i / 4))
      .map((stage, s) => ({ type: 'event', lead_id, stage, at: ago(100 - s * 30 + i) }))
    return [lead, ...events]
  }).flat()
}

export const it = test.extend<{ server: Server }>({
  server: async ({ page }, provide) => {
    const server = new Server()
    await server.start()
    await server.send(rows())
    await provide(server)
    // A page that is still open would tell of the server that is gone.
    await page.close()
    await server.end()
  },
})
