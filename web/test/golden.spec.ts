// The golden network, as of its instant: the numbers of every page are those of the API, to the last
// digit that is shown. (That the API's are the golden ones is tested beside it.)
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Page } from '@playwright/test'
import { type Channel, or, percent, percent1, whole } from './ask'
import { expect, open, prefer, test as base } from './page'
import { Server, binary } from './server'

const GOLDEN = new URL('../../../shared/golden/network', import.meta.url).pathname
const AS_OF = '2026-06-01'
const LEADS = 6_000

interface Golden {
  server: Server
  ask: <T>(path: string) => Promise<T>
  go: (page: Page, hash: string) => Promise<void>
}

const test = base.extend<object, { golden: Golden }>({
  golden: [
    async ({}, provide) => {
      const server = new Server()
      const files = ['leads', 'events'].flatMap((of) => [`--${of}`, join(GOLDEN, `${of}.csv.gz`)])
      execFileSync(binary, ['import', ...files, '--db', join(server.folder, 'db'), '-q'])
      await server.start()
      await server.json('/api/v1/policy', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/toml' },
        body: readFileSync(join(GOLDEN, 'policy.toml')),
      })
      const at = (path: string) => `${path}${path.includes('?') ? '&' : '?'}as_of=${AS_OF}`
      await provide({
        server,
        ask: (path) => server.json(`/api/v1/${at(path)}`),
        go: (page, hash) => open(page, at(hash), server.url),
      })
      await server.end()
    },
    { scope: 'worker' },
  ],
})
test.skip(!existsSync(GOLDEN), 'the golden network is not beside the tree')
test.beforeEach(({ page }) => prefer(page, { language: 'en' }))

interface Cell {
  stage: string
  region: string
  n: number
  open: number
  expired: number
  median_hours: number | null
  p90_hours: number | null
  compliance: number | null
}
type Answer<T> = { items: T[]; total: number }

const UNITS = { m: 1 / 60, h: 1, d: 24 } as const

/** A time as it is written is that of so many hours, to its last digit. */
function isTime(text: string | undefined, hours: number | null, of: string): void {
  if (hours === null) return expect(text, of).toBe('–')
  const [, number = '', unit = ''] = /^(-?[\d,]+(?:\.\d)?)([mhd])$/.exec(text ?? '') ?? []
  const digit = number.includes('.') ? 0.1 : 1
  const is = hours / UNITS[unit as keyof typeof UNITS]
  expect(Math.abs(Number(number.replaceAll(',', '')) - is), `${of}: ${text}`).toBeLessThanOrEqual(
    digit / 2 + 1e-9,
  )
}

const textsOf = (page: Page, table: string): Promise<string[][]> =>
  page
    .locator(`${table} tbody tr:not([aria-hidden])`)
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())),
    )

test('the cards and the queue of today', async ({ page, golden }) => {
  const { ask, go } = golden
  const facets = await ask<{ leads: number; tier: { Hot: number; Warm: number } }>(
    'facets?state=open',
  )
  const all = await ask<{ leads: number }>('facets')
  expect(all.leads).toBe(LEADS)
  const over = await ask<Answer<object>>('queue?limit=1&status=expired,dormant')
  const risk = await ask<Answer<object>>('queue?limit=1&tier=Hot&status=expired,dormant,overdue')
  interface Lead {
    lead_id: string
    score: number
    tier: string
    stage: string
    owner: string
    threshold_hours: number | null
    time_in_stage_hours: number
  }
  const queue = await ask<Answer<Lead>>('queue?limit=50')
  await go(page, '#/today')
  const cards = page.locator('.card-number')
  await expect(cards.nth(0)).toHaveText(whole(facets.tier.Hot))
  await expect(page.locator('.card').nth(0)).toContainText(`of ${whole(facets.leads)} open`)
  await expect(page.locator('.card').nth(0)).toContainText(`${whole(facets.tier.Warm)} Warm`)
  await expect(cards.nth(2)).toHaveText(whole(over.total))
  await expect(cards.nth(3)).toHaveText(whole(risk.total))
  await expect(page.locator('.queue h2')).toContainText(whole(queue.total))
  for (const [i, lead] of queue.items.entries()) {
    const row = page.locator('.q-scroll .q-row', { hasText: lead.lead_id })
    // The queue draws what is near the chosen lead.
    await page.keyboard.press(i === 0 ? 'k' : 'j')
    await expect(row).toHaveAttribute('aria-selected', 'true')
    await expect(row.locator('.q-score')).toContainText(lead.score.toFixed(1))
    await expect(row.locator('.q-score')).toContainText(lead.tier)
    await expect(row.locator('.q-stage')).toHaveText(lead.stage)
    await expect(row.locator('.q-owner')).toHaveText(lead.owner || 'nobody')
    if (lead.threshold_hours === null) continue
    const left = lead.threshold_hours - lead.time_in_stage_hours
    const text = (await row.locator('.q-left').innerText()).split('\n')[0]?.replace(' over', '')
    isTime(text, Math.abs(left), `${lead.lead_id} time left`)
  }
})

test('stages, heat maps and leaderboards of the funnel', async ({ page, golden }) => {
  const { ask, go } = golden
  interface Row {
    stage: string
    reached: number
    advanced: number
    lost: number
    p90_hours: number | null
  }
  const funnel = (await ask<Answer<Row>>('funnel')).items
  const cells = (await ask<Answer<Cell>>('turnaround')).items
  await go(page, '#/funnel')
  const rows = await textsOf(page, 'main .panel:first-of-type')
  expect(rows).toHaveLength(funnel.length)
  for (const [i, cell] of cells.entries()) {
    const [row, texts = []] = [funnel[i], rows[i]]
    expect(row?.stage).toBe(cell.stage)
    const counts = [row?.reached, row?.advanced, row?.lost, cell.open, cell.expired]
    expect(texts.slice(1, 6)).toEqual(counts.map((n) => whole(n ?? -1)))
    isTime(texts[6], row?.p90_hours ?? null, `${cell.stage} threshold`)
    expect(texts[7]).toBe(whole(cell.n))
    isTime(texts[8], cell.median_hours, `${cell.stage} median`)
    isTime(texts[9], cell.p90_hours, `${cell.stage} P90`)
    expect(texts[10]).toBe(or(cell.compliance, percent))
  }
  expect(rows.at(-1)?.[1]).toBe(whole(funnel.at(-1)?.reached ?? -1))

  const heat = (await ask<Answer<Cell>>('heatmap?by=region')).items
  const stages = (await page.locator('.heat thead th').allInnerTexts()).slice(1)
  for (const metric of ['p90', 'median', 'compliance'] as const) {
    await go(page, `#/funnel?metric=${metric}`)
    let seen = 0
    for (const [region = '', ...texts] of await textsOf(page, '.heat')) {
      for (const [i, text] of texts.entries()) {
        const cell = heat.find((c) => c.region === region && c.stage === stages[i])
        const of = `${region}, ${stages[i]}, ${metric}`
        if (!cell) expect(text, of).toBe('')
        else if (metric === 'compliance') expect(text, of).toBe(or(cell.compliance, percent))
        else isTime(text, metric === 'p90' ? cell.p90_hours : cell.median_hours, of)
        seen += cell ? 1 : 0
      }
    }
    expect(seen).toBe(heat.length)
  }

  const board = page.locator('.columns-2 .panel').last()
  for (const { stage } of cells) {
    await board.getByRole('combobox', { name: 'Stage' }).selectOption(stage)
    const best = (await ask<Answer<Cell>>(`leaderboard?by=region&visit_stage=${stage}`)).items
    await expect(board.locator('td:last-child')).toHaveText(best.map((c) => whole(c.n)))
    const shown = await textsOf(page, '.columns-2 .panel:last-of-type')
    for (const [i, cell] of best.entries()) {
      const [place, region, share, median, p90] = shown[i] ?? []
      expect([place, region, share]).toEqual([
        whole(i + 1),
        cell.region,
        or(cell.compliance, percent),
      ])
      isTime(median, cell.median_hours, `${stage}, ${region}: median`)
      isTime(p90, cell.p90_hours, `${stage}, ${region}: P90`)
    }
  }
})

test('the leads, and a lead in parts', async ({ page, golden }) => {
  const { ask, go } = golden
  interface Lead {
    lead_id: string
    score: number
    tier: string
    stage: string
    time_in_stage_hours: number
  }
  const { items } = await ask<Answer<Lead>>('queue?limit=100')
  await go(page, '#/leads')
  const heads = await page.locator('table.dense thead th').allInnerTexts()
  const at = (name: string) => heads.findIndex((head) => head.startsWith(name))
  // Of a long table a screenful is drawn.
  const rows = await textsOf(page, 'table.dense')
  expect(rows.length).toBeGreaterThan(10)
  for (const [i, texts] of rows.entries()) {
    const lead = items[i]
    expect(texts[at('Lead')]).toBe(lead?.lead_id)
    expect(texts[at('Score')]).toBe(lead?.score.toFixed(1))
    expect(texts[at('Tier')]).toBe(lead?.tier)
    expect(texts[at('Stage')]).toBe(lead?.stage)
    isTime(texts[at('In stage')], lead?.time_in_stage_hours ?? null, lead?.lead_id ?? '')
  }

  interface Whole {
    lead: Lead & { contributions: Record<string, number> }
    explanation: {
      visits: { stage: string; hours: number; effective_sla_hours: number | null }[]
    }
  }
  for (const { lead_id } of [items[0], items[49], items[99]].flatMap((l) => l ?? [])) {
    const { lead, explanation } = await ask<Whole>(`leads/${lead_id}`)
    await go(page, `#/lead/${lead_id}`)
    await expect(page.locator('.page-head')).toContainText(lead.score.toFixed(1))
    const parts = await textsOf(page, '.plain >> nth=0 >>')
    const points = Object.values(lead.contributions).filter((value) => value !== 0)
    for (const value of points) {
      expect(parts.map((texts) => texts[1])).toContain(value.toFixed(1))
    }
    const visits = page.locator('.panel', { hasText: 'Visits against SLA' }).locator('tbody tr')
    await expect(visits).toHaveCount(explanation.visits.length)
    for (const [i, visit] of explanation.visits.entries()) {
      const texts = await visits.nth(i).locator('td').allInnerTexts()
      expect(texts[0]).toBe(visit.stage)
      isTime(texts[2], visit.hours, `${lead_id}, visit ${i}`)
      isTime(texts[4], visit.effective_sla_hours, `${lead_id}, visit ${i}: SLA`)
    }
  }
})

test('load, dealer by nameplate', async ({ page, golden }) => {
  const { ask, go } = golden
  interface Pair {
    dealer: string
    nameplate: string
    open: number
    load_factor: number
    band: string
  }
  const { items } = await ask<Answer<Pair>>('load')
  await go(page, '#/load')
  for (const band of ['Low', 'Moderate', 'Elevated', 'Critical']) {
    const n = items.filter((p) => p.band === band.toLowerCase()).length
    await expect(page.locator('main li', { hasText: band })).toContainText(whole(n))
  }
  const nameplates = (await page.locator('.load thead th').allInnerTexts()).slice(1)
  const cells = (await textsOf(page, '.load')).flatMap(([dealer = '', ...texts]) =>
    texts.flatMap((text, i) => (text === '' ? [] : [[dealer, nameplates[i], text]])),
  )
  const written = items.map((p) => [
    p.dealer,
    p.nameplate,
    `${percent(p.load_factor)}\n${whole(p.open)}`,
  ])
  const order = (a: (string | undefined)[], b: (string | undefined)[]) =>
    a.join() < b.join() ? -1 : 1
  expect(cells.length).toBeGreaterThan(0)
  const flat = (row: (string | undefined)[]) => row.join(' ').replace(/\s+/g, ' ')
  expect(cells.sort(order).map(flat)).toEqual(written.sort(order).map(flat))
})

test('expiry by stage, and how long its lists are', async ({ page, golden }) => {
  const { ask, go } = golden
  const cells = (await ask<Answer<Cell>>('turnaround?by=stage')).items
  await go(page, '#/expiry')
  const rows = await textsOf(page, '.panel:first-of-type')
  for (const [i, cell] of cells.entries()) {
    const [stage, count, expired, p90] = rows[i] ?? []
    expect([stage, count, expired]).toEqual([cell.stage, whole(cell.open), whole(cell.expired)])
    isTime(p90, cell.p90_hours, `${stage}: P90`)
  }
  for (const [list, path] of [
    ['24h', 'expiring?within=24h&limit=1'],
    ['7d', 'expiring?within=7d&limit=1'],
    ['expired', 'queue?status=expired&limit=1'],
    ['dormant', 'queue?status=dormant&limit=1'],
  ] as const) {
    const { total } = await ask<Answer<object>>(path)
    await go(page, `#/expiry?list=${list}`)
    await expect(page.locator('.panel h2 .muted').last()).toHaveText(whole(total))
  }
})

test('channels', async ({ page, golden }) => {
  const { ask, go } = golden
  const { items } = await ask<Answer<Channel>>('channels')
  await go(page, '#/channels')
  const rows = await textsOf(page, 'main')
  expect(rows).toHaveLength(items.length)
  for (const c of items) {
    const texts = rows.find(([channel]) => channel === (c.channel || '(none)')) ?? []
    expect([...texts.slice(1, 6), texts[7]]).toEqual([
      whole(c.leads),
      percent1(c.volume_share),
      whole(c.closed),
      whole(c.won),
      percent1(c.rate),
      percent1(c.smoothed_rate),
    ])
  }
})
