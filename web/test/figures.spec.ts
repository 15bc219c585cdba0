// The numbers of the pages are those of the API, as of one instant.
import { AS_OF, type Channel, ask, or, percent, percent1, whole } from './ask'
import { expect, open, prefer, test } from './page'

test.beforeEach(({ page }) => prefer(page, { language: 'en' }))

test('the cards of today', async ({ page }) => {
  const facets = await ask<{ leads: number; tier: { Hot: number } }>('facets?state=open')
  const over = await ask<{ total: number }>('queue?limit=1&status=expired,dormant')
  const risk = await ask<{ total: number }>('queue?limit=1&tier=Hot&status=expired,dormant,overdue')
  await open(page, `#/today?as_of=${AS_OF}`)
  const numbers = page.locator('.card-number')
  await expect(numbers.nth(0)).toHaveText(whole(facets.tier.Hot))
  await expect(numbers.nth(2)).toHaveText(whole(over.total))
  await expect(numbers.nth(3)).toHaveText(whole(risk.total))
  await expect(page.locator('.card').nth(0)).toContainText(`of ${whole(facets.leads)} open`)
})

test('the queue, in its order', async ({ page }) => {
  const queue = await ask<{ items: { lead_id: string; score: number }[] }>('queue?limit=10')
  await open(page, `#/today?as_of=${AS_OF}`)
  const rows = page.locator('.q-scroll .q-row')
  for (const [i, lead] of queue.items.entries()) {
    await expect(rows.nth(i)).toContainText(lead.lead_id)
    await expect(rows.nth(i).locator('.q-score .num')).toHaveText(lead.score.toFixed(1))
  }
})

test('the stages of the funnel', async ({ page }) => {
  interface Row {
    stage: string
    reached: number
    advanced: number
    lost: number
    open: number
    expired: number
    compliance: number
  }
  const funnel = await ask<{ items: Row[] }>('funnel')
  await open(page, `#/funnel?as_of=${AS_OF}`)
  for (const row of funnel.items.slice(0, -1)) {
    const cells = page.locator('main table').first().locator('tr', { hasText: row.stage })
    await expect(cells.locator('td').nth(1)).toHaveText(whole(row.reached))
    await expect(cells.locator('td').nth(2)).toHaveText(whole(row.advanced))
    await expect(cells.locator('td').nth(3)).toHaveText(whole(row.lost))
    await expect(cells.locator('td').nth(4)).toHaveText(whole(row.open))
    await expect(cells.locator('td').nth(5)).toHaveText(whole(row.expired))
    await expect(cells.locator('td').last()).toHaveText(percent(row.compliance))
  }
})

test('the funnel of a part of the network is that of the filter', async ({ page }) => {
  interface Row {
    stage: string
    reached: number
    lost: number
  }
  type Values = { value: string }[]
  const { channel } = await ask<{ channel: Values }>('facets?region=UAE')
  const filter = `region=UAE&channel=${encodeURIComponent(channel[0]?.value ?? '')}`
  const all = await ask<{ items: Row[] }>('funnel')
  const funnel = await ask<{ items: Row[] }>(`funnel?${filter}`)
  expect(funnel.items[0]?.reached).toBeGreaterThan(0)
  expect(funnel.items[0]?.reached).toBeLessThan(all.items[0]?.reached ?? 0)
  await open(page, `#/funnel?as_of=${AS_OF}&${filter}`)
  for (const row of funnel.items.slice(0, -1)) {
    const cells = page.locator('main table').first().locator('tr', { hasText: row.stage })
    await expect(cells.locator('td').nth(1)).toHaveText(whole(row.reached))
    await expect(cells.locator('td').nth(3)).toHaveText(whole(row.lost))
  }
})

test('a filter narrows what is counted', async ({ page }) => {
  const facets = await ask<{ leads: number; tier: { Hot: number } }>(
    'facets?state=open&region=UAE,KWT',
  )
  await open(page, `#/today?as_of=${AS_OF}&region=UAE,KWT`)
  await expect(page.locator('.card-number').first()).toHaveText(whole(facets.tier.Hot))
  await expect(page.locator('.queue h2')).toContainText(whole(facets.leads))
})

test('every figure of channels', async ({ page }) => {
  const { items } = await ask<{ items: Channel[] }>('channels')
  // There is money to be told of, and some that nobody knows.
  expect(items.filter((c) => c.return_on_cost !== null).length).toBeGreaterThan(2)
  expect(items.filter((c) => c.cost === null)).toHaveLength(1)
  await open(page, `#/channels?as_of=${AS_OF}`)
  for (const c of items) {
    const row = page.locator('tbody tr', {
      has: page.getByRole('link', { name: c.channel || '(none)', exact: true }),
    })
    const bar = percent1(c.rate)
    await expect(row.locator('td')).toHaveText([
      c.channel || '(none)',
      whole(c.leads),
      percent1(c.volume_share),
      whole(c.closed),
      whole(c.won),
      percent1(c.rate),
      new RegExp(`^(${bar})?$`),
      percent1(c.smoothed_rate),
      or(c.cost, (n) => `${whole(n)} AED`),
      or(c.cost_per_won, whole),
      or(c.revenue, whole),
      or(c.return_on_cost, percent),
    ])
  }
})

test('load', async ({ page }) => {
  const load = await ask<{ items: { band: string }[] }>('load')
  await open(page, `#/load?as_of=${AS_OF}`)
  const critical = load.items.filter((p) => p.band === 'critical').length
  await expect(page.locator('main li', { hasText: 'Critical' })).toContainText(whole(critical))
})

test('the parts of a score add up to it, and so they are shown', async ({ page }) => {
  const queue = await ask<{ items: { lead_id: string; score: number }[] }>('queue?limit=1')
  const lead = queue.items[0]
  await open(page, `#/lead/${lead?.lead_id}?as_of=${AS_OF}`)
  await expect(page.locator('.page-head')).toContainText(lead?.score.toFixed(1) ?? '-')
  const parts = await page
    .locator('.plain')
    .first()
    .locator('tbody td:nth-child(2)')
    .allInnerTexts()
  const sum = parts.reduce((total, text) => total + Number(text), 0)
  expect(Math.abs(sum - (lead?.score ?? 0))).toBeLessThan(0.05 * parts.length + 0.05)
})

test('the first visit loads at most 170 kB of scripts', async ({ page }) => {
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) {
      sizes.push(
        response
          .request()
          .sizes()
          .then((s) => s.responseBodySize),
      )
    }
  })
  await open(page, '#/today')
  const total = (await Promise.all(sizes)).reduce((a, b) => a + b, 0)
  expect(sizes.length).toBeGreaterThan(0)
  expect(total).toBeLessThanOrEqual(170 * 1_000)
})
