// Every number of the funnel and of channels opens exactly the leads, or the visits, behind it.
import { type Page } from '@playwright/test'
import { AS_OF, ask, whole } from './ask'
import { expect, open, prefer, test } from './page'

interface Cell {
  stage: string
  n: number
  open: number
  expired: number
  delayed: number
  critical: number
}
interface Row {
  stage: string
  reached: number
  advanced: number
  lost: number
}
type Answer<T> = { items: T[] }

/** What a number leads to, and how many there are to be. */
interface Link {
  name: string
  href: string
  count: number
}

test.beforeEach(({ page }) => prefer(page, { language: 'en' }))

/** The rows of a table: what they are of, and where their numbers lead. */
function linksOf(page: Page, table: string): Promise<{ of: string; hrefs: string[] }[]> {
  return page.locator(`${table} tbody tr`).evaluateAll((rows) =>
    rows.map((row) => ({
      of: row.querySelector('td')?.textContent ?? '',
      hrefs: [...row.querySelectorAll('td')]
        .slice(1)
        .map((cell) => cell.querySelector('a')?.getAttribute('href') ?? ''),
    })),
  )
}

/** Goes to each, from a page that has no numbers, and looks how many there are. */
async function follow(page: Page, links: readonly Link[]): Promise<void> {
  const seen = new Map<string, number>()
  for (const { name, href, count } of links) {
    expect(href, name).toContain('#/')
    // The same leads are as many.
    if (seen.has(href)) expect(seen.get(href), name).toBe(count)
    if (seen.has(href)) continue
    seen.set(href, count)
    await page.evaluate(() => (location.hash = '#/account'))
    await expect(page.locator('main h1')).toHaveText('Account')
    await page.evaluate((to) => (location.hash = to), href)
    if (href.startsWith('#/leads')) {
      await expect(page.locator('main h1 .muted'), name).toHaveText(whole(count))
    } else {
      const title = new RegExp(`^${whole(count)} visits? of `)
      await expect(page.locator('.panel h2'), name).toHaveText(title)
    }
    const rows = page.locator('table.dense')
    if (count === 0) await expect(rows).toHaveCount(0)
    else await expect(rows.locator('tbody tr').first(), name).toBeVisible()
  }
}

const late = (cell: Cell | undefined): number => (cell?.delayed ?? 0) + (cell?.critical ?? 0)

test('every number of a stage', async ({ page }) => {
  const cells = (await ask<Answer<Cell>>('turnaround')).items
  const funnel = (await ask<Answer<Row>>('funnel')).items
  const thresholds = (await ask<Answer<{ stage: string; rung: number; n: number }>>('thresholds'))
    .items
  await open(page, `#/funnel?as_of=${AS_OF}`)
  const rows = await linksOf(page, 'main .panel:first-of-type table')
  expect(rows).toHaveLength(funnel.length)
  const links = rows.flatMap(({ hrefs }, at): Link[] => {
    const stage = funnel[at]?.stage ?? ''
    const cell = cells.find((c) => c.stage === stage)
    const n = cell?.n ?? 0
    const advanced = thresholds.find((t) => t.stage === stage && t.rung === 3)?.n ?? 0
    const counts = [
      funnel[at]?.reached ?? 0,
      funnel[at]?.advanced ?? 0,
      funnel[at]?.lost ?? 0,
      cell?.open ?? 0,
      cell?.expired ?? 0,
      ...[advanced, n, n, n, late(cell)],
    ]
    // Of the last row, that of leads won, only the first is a number.
    return hrefs
      .slice(0, cell ? undefined : 1)
      .map((href, i) => ({ name: `${stage} ${i}`, href, count: counts[i] ?? -1 }))
  })
  expect(links.length).toBe(10 * cells.length + 1)
  await follow(page, links)
})

for (const metric of ['p90', 'compliance']) {
  test(`every cell of the heatmap, by ${metric}`, async ({ page }) => {
    const cells = (await ask<Answer<Cell & { region: string }>>('heatmap?by=region')).items
    await open(page, `#/funnel?as_of=${AS_OF}&metric=${metric}`)
    const stages = (await page.locator('.heat thead th').allInnerTexts()).slice(1)
    const links = (await linksOf(page, '.heat')).flatMap(({ of, hrefs }) =>
      hrefs.flatMap((href, i): Link[] => {
        const cell = cells.find((c) => c.region === of && c.stage === stages[i])
        const count = metric === 'compliance' ? late(cell) : (cell?.n ?? 0)
        return cell ? [{ name: `${of}, ${stages[i]}`, href, count }] : []
      }),
    )
    expect(links.length).toBe(cells.length)
    await follow(page, links)
  })
}

for (const by of ['dealer_group', 'dealer', 'channel', 'product', 'nameplate', 'owner'] as const) {
  test(`the heatmap by ${by}`, async ({ page }) => {
    const cells = (await ask<Answer<Cell & Record<typeof by, string>>>(`heatmap?by=${by}`)).items
    await open(page, `#/funnel?as_of=${AS_OF}&by=${by}`)
    const stages = (await page.locator('.heat thead th').allInnerTexts()).slice(1)
    const rows = await linksOf(page, '.heat')
    expect(rows).toHaveLength(Math.min(40, new Set(cells.map((c) => c[by])).size))
    const links = rows.flatMap(({ of, hrefs }) =>
      hrefs.flatMap((href, i): Link[] => {
        const cell = cells.find((c) => (c[by] || '(none)') === of && c.stage === stages[i])
        expect(href !== '', `${of}, ${stages[i]}`).toBe(cell !== undefined)
        return cell ? [{ name: `${of}, ${stages[i]}`, href, count: cell.n }] : []
      }),
    )
    // One of the most leads, and one of the fewest.
    await follow(page, [...links.slice(0, 1), ...links.slice(-1)])
  })
}

test('every number of the leaderboard', async ({ page }) => {
  const stages = (await ask<Answer<Cell>>('turnaround')).items.map((c) => c.stage)
  await open(page, `#/funnel?as_of=${AS_OF}`)
  const board = page.locator('.columns-2 .panel').last()
  const links: Link[] = []
  for (const stage of stages) {
    const cells = (
      await ask<Answer<Cell & { region: string }>>(`leaderboard?by=region&visit_stage=${stage}`)
    ).items
    await board.getByRole('combobox', { name: 'Stage' }).selectOption(stage)
    await expect(board.locator('td:nth-child(2)')).toHaveText(cells.map((c) => c.region))
    await expect(board.locator('td:last-child')).toHaveText(cells.map((c) => whole(c.n)))
    const hrefs = await board
      .locator('tbody a')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''))
    expect(hrefs).toHaveLength(4 * cells.length)
    const of = cells.flatMap((cell) =>
      [late(cell), cell.n, cell.n, cell.n].map((count, i) => ({
        name: `${stage}, ${cell.region} ${i}`,
        count,
      })),
    )
    const all = of.map((link, i) => ({ ...link, href: hrefs[i] ?? '' }))
    // Of the first stage all, of others the best and the worst.
    links.push(...(stage === stages[0] ? all : [...all.slice(0, 4), ...all.slice(-4)]))
  }
  await follow(page, links)
})

/** Clicks on the chart from top to bottom, at a share of its width, until that leads somewhere. */
async function pick(page: Page, column: number, columns: number): Promise<string> {
  const chart = page.locator('.columns-2 .panel').first().getByRole('img')
  await chart.scrollIntoViewIfNeeded()
  await expect(chart.locator('canvas')).toBeVisible()
  const box = await chart.boundingBox()
  if (!box) throw new Error('the chart has no place')
  // What the drawing leaves free for its axes.
  const [left, right, top, bottom] = [56, 14, 34, 28]
  const x = left + ((column + 0.5) * (box.width - left - right)) / columns
  for (let y = top; y <= box.height - bottom; y += 3) {
    await page.mouse.move(box.x + x, box.y + y - 1)
    await page.mouse.click(box.x + x, box.y + y)
    const { hash } = new URL(page.url())
    if (hash.startsWith('#/cell')) return hash
  }
  return ''
}

test('points of the trend', async ({ page }) => {
  const cells = (await ask<Answer<Cell & { week: string }>>('turnaround?by=week,stage')).items
  const weeks = [...new Set(cells.flatMap((c) => (c.n > 0 ? [c.week] : [])))].sort()
  for (const at of [0, Math.floor(weeks.length / 2), weeks.length - 1]) {
    await open(page, `#/funnel?as_of=${AS_OF}`)
    const href = await pick(page, at, weeks.length)
    const { searchParams } = new URL(href.slice(1), 'http://localhost')
    // The period may cut the first week.
    const cut = Date.parse(searchParams.get('from') ?? '') - Date.parse(weeks[at] ?? '')
    expect(cut).toBeGreaterThanOrEqual(0)
    expect(cut).toBeLessThan(at === 0 ? 7 * 86_400_000 : 1)
    const cell = cells.find(
      (c) => c.week === weeks[at] && c.stage === searchParams.get('visit_stage'),
    )
    await follow(page, [{ name: `${weeks[at]}`, href, count: cell?.n ?? -1 }])
  }
})

test('every number of channels', async ({ page }) => {
  interface Row {
    channel: string
    leads: number
    closed: number
    won: number
  }
  const answer = await ask<Answer<Row> & { created_after: string }>('channels')
  const { created_after } = answer
  await open(page, `#/channels?as_of=${AS_OF}`)
  const rows = await linksOf(page, 'main')
  expect(rows).toHaveLength(answer.items.length)
  const links: Link[] = []
  for (const { of, hrefs } of rows) {
    const row = answer.items.find((c) => (c.channel || '(none)') === of)
    const { leads = -1, closed = -1, won = -1 } = row ?? {}
    const filter = `channel=${encodeURIComponent(row?.channel ?? '')}`
    const { total } = await ask<{ total: number }>(
      `leads?${filter}&created_after=${created_after}&limit=1`,
    )
    const counts = [leads, total, closed, won, closed, null, closed, leads, won, won, won]
    counts.forEach((count, i) => {
      if (count !== null) links.push({ name: `${of} ${i}`, href: hrefs[i] ?? '', count })
    })
  }
  await follow(page, links)
})
