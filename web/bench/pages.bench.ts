// How long a reader waits: until the largest part of a page is painted (LCP), each time with an empty
// cache, and from a key or a click until the next paint (Event Timing), by the browser's own
// performance API. Tells, and judges nothing: only a page that does not work fails.
//   BENCH_STORES   name=URL of a store, between blanks
//   BENCH_OUT      where the figures go, as JSON
//   BENCH_ROUNDS   how often each page is opened
import { writeFileSync } from 'node:fs'
import { type Browser, type Page, expect, test } from '@playwright/test'
import { frames, settled } from '../test/page'
import { Server } from '../test/server'

const LCP_TARGET_MS = 1_500
const INTERACTION_TARGET_MS = 100
const OTHER_TARGET_MS = 1_000
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SIZE = { width: 1440, height: 900 }

interface Timing {
  lcp: number
  interactions: { name: string; ms: number }[]
}
interface Row {
  store: string
  what: string
  median_ms: number
  worst_ms: number
  target_ms: number
}

declare global {
  interface Window {
    timing: Timing
  }
}

/** Listens from before the first script on. */
function listen(): void {
  window.timing = { lcp: 0, interactions: [] }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.timing.lcp = entry.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
      if (entry.interactionId === 0) continue
      window.timing.interactions.push({ name: entry.name, ms: entry.duration })
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit)
}

async function fresh(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZE, locale: 'en-GB' })
  const page = await context.newPage()
  await page.addInitScript(listen)
  return page
}

async function lcp(browser: Browser, url: string): Promise<number> {
  const page = await fresh(browser)
  await page.goto(url)
  await settled(page)
  await frames(page)
  const ms = await page.evaluate(() => window.timing.lcp)
  await page.context().close()
  expect(ms).toBeGreaterThan(0)
  return ms
}

/** Durations of what `act` does; an event too short to be told of took less than 16 ms. */
async function interactions(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => (window.timing.interactions = []))
  await act()
  await frames(page)
  const told = await page.evaluate(() => window.timing.interactions.map((i) => i.ms))
  return told.length > 0 ? told : [16]
}

/** From the click in one browser until the other has drawn what it did; both have one clock. */
async function across(browser: Browser, url: string): Promise<number[]> {
  const [one, other] = [await fresh(browser), await fresh(browser)]
  for (const page of [one, other]) {
    await page.goto(`${url}/#/today`)
    await settled(page)
    await expect(page.locator('.connection.live')).toHaveCount(1)
  }
  const values: number[] = []
  for (let i = 0; i < ROUNDS; ++i) {
    const owner = `owner no. ${i}`
    const seen = other.evaluate(
      (text) =>
        new Promise<number>((done) => {
          const watch = new MutationObserver(() => {
            if (!document.querySelector('.q-scroll')?.textContent.includes(text)) return
            watch.disconnect()
            requestAnimationFrame(() => done(Date.now()))
          })
          watch.observe(document.body, { subtree: true, childList: true, characterData: true })
        }),
      owner,
    )
    await one.keyboard.press('a')
    const dialog = one.getByRole('dialog')
    await dialog.getByLabel('Owner').fill(owner)
    const clicked = Date.now()
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
    values.push((await seen) - clicked)
    await expect(dialog).toHaveCount(0)
  }
  for (const page of [one, other]) await page.context().close()
  return values
}

const ACTS: readonly (readonly [what: string, page: string, act: (page: Page) => Promise<void>])[] =
  [
    [
      'today: keys through the queue',
      'today',
      async (page) => {
        for (let i = 0; i < 30; ++i) await page.keyboard.press('j')
      },
    ],
    [
      'today: a note is begun and typed',
      'today',
      async (page) => {
        await page.keyboard.press('n')
        await page.getByRole('dialog').getByRole('textbox').fill('')
        await page.keyboard.type('Asked for the long version')
        await page.keyboard.press('Escape')
      },
    ],
    [
      'today: a filter is opened and chosen',
      'today',
      async (page) => {
        await page.getByRole('button', { name: 'Filter', exact: true }).click()
        await page.getByRole('button', { name: 'Dealer', exact: true }).click()
        await page.getByRole('dialog').getByRole('checkbox').first().check()
        await page.keyboard.press('Escape')
        await settled(page)
      },
    ],
    [
      'search is typed',
      'today',
      async (page) => {
        await page.keyboard.press('/')
        await page.keyboard.type('ahmed')
        await page.keyboard.press('Escape')
      },
    ],
    [
      'pages are gone through by keys',
      'today',
      async (page) => {
        for (const [key, name] of ['Funnel', 'Leads', 'Load', 'Expiry', 'Channels'].entries()) {
          await page.keyboard.press(String(key + 2))
          // The page before stays until this one is drawn.
          await expect(page.locator('nav [aria-current="page"]')).toHaveText(name)
          await settled(page)
        }
      },
    ],
    [
      'funnel: another figure, another grouping',
      'funnel',
      async (page) => {
        await page.locator('.page-head').getByRole('button', { name: 'Median' }).click()
        await page.locator('.page-head').getByRole('combobox').selectOption('dealer')
        await settled(page)
      },
    ],
    [
      'leads: sorted, chosen, more shown',
      'leads',
      async (page) => {
        await page.getByRole('button', { name: 'Sort by In stage' }).click()
        await settled(page)
        await page.getByLabel('Choose all shown').check()
        await page.getByRole('button', { name: 'Show more' }).click()
        // Only a screenful of rows is drawn; that there are more is seen where all are chosen.
        await expect(page.getByLabel('Choose all shown')).not.toBeChecked()
      },
    ],
  ]

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

function row(store: string, what: string, values: readonly number[], target_ms: number): Row {
  const worst = Math.max(...values)
  const told = { store, what, median_ms: middle(values), worst_ms: worst, target_ms }
  const figures = `${told.median_ms.toFixed(0).padStart(6)} ${worst.toFixed(0).padStart(6)}`
  console.log(`${store.padEnd(12)} ${what.padEnd(44)} ${figures} ms   <= ${target_ms}`)
  return told
}

const stores = (process.env['BENCH_STORES'] ?? '').split(' ').filter((s) => s !== '')

test('pages', async ({ browser }) => {
  expect(stores.length).toBeGreaterThan(0)
  const rows: Row[] = []
  for (const store of stores) {
    const [name = '', db = ''] = store.split('=')
    const server = new Server(db)
    await server.start()
    const lead = await server.json<{ items: { lead_id: string }[] }>('/api/v1/queue?limit=1')
    const pages = ['today', 'funnel', 'leads', 'load', 'expiry', 'channels']
    // The first answers of a store just opened come from a cold disk.
    await lcp(browser, server.url)
    for (const page of [...pages, `lead/${lead.items[0]?.lead_id}`]) {
      const values: number[] = []
      for (let i = 0; i < ROUNDS; ++i) values.push(await lcp(browser, `${server.url}/#/${page}`))
      rows.push(row(name, `${page.split('/')[0]}: largest paint`, values, LCP_TARGET_MS))
    }
    for (const [what, at, act] of ACTS) {
      const values: number[] = []
      for (let i = 0; i < ROUNDS; ++i) {
        const page = await fresh(browser)
        await page.goto(`${server.url}/#/${at}`)
        await settled(page)
        values.push(...(await interactions(page, () => act(page))))
        await page.context().close()
      }
      rows.push(row(name, what, values, INTERACTION_TARGET_MS))
    }
    const values = await across(browser, server.url)
    rows.push(row(name, 'a change shows in another browser', values, OTHER_TARGET_MS))
    await server.end()
  }
  const out = process.env['BENCH_OUT']
  if (out) writeFileSync(out, `${JSON.stringify(rows, null, 2)}\n`)
})
