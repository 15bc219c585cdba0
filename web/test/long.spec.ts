// Long tables of leads: only what is on the screen is drawn, and nobody notices.
import { type Locator, type Page } from '@playwright/test'
import { AS_OF, ask } from './ask'
import { EXTREMES, wear } from './looks'
import { accessible, expect, open, prefer, test } from './page'

const LOADED = 400

const rowsOf = (page: Page): Locator => page.locator('table.dense tbody tr[aria-rowindex]')

/** Loads so many that they are several screens. */
async function load(page: Page, more: string): Promise<void> {
  for (let shown = 200; shown <= LOADED; shown += 100) {
    const before = await page.locator('.panel h2').first().innerText()
    await page.getByRole('button', { name: more }).click()
    await expect(page.locator('.panel h2').first()).not.toHaveText(before)
  }
}

for (const look of EXTREMES) {
  test(`a long table is drawn by the screenful, ${look.name}`, async ({ page }) => {
    const { total } = await ask<{ total: number }>('queue?limit=1')
    const say = await wear(page, look)
    await open(page, `#/leads?as_of=${AS_OF}`)
    await load(page, say('leads.more'))
    const rows = rowsOf(page)
    const drawn = await rows.count()
    expect(drawn).toBeGreaterThan(10)
    expect(drawn).toBeLessThan(120)
    await expect(page.locator('table.dense')).toHaveAttribute('aria-rowcount', String(total + 1))
    await accessible(page)

    // The last one is there when it is scrolled to, and says which it is.
    const queue = await ask<{ items: { lead_id: string }[] }>(`queue?limit=${LOADED}`)
    const last = queue.items.at(-1)?.lead_id ?? ''
    await expect(page.getByText(last, { exact: true })).toHaveCount(0)
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    const row = rows.filter({ has: page.getByText(last, { exact: true }) })
    await expect(row).toBeInViewport()
    await expect(row).toHaveAttribute('aria-rowindex', String(LOADED + 1))
    expect(await rows.count()).toBeLessThan(120)

    // All are chosen, drawn or not.
    await page.getByLabel(say('leads.chooseAll')).check()
    await expect(rows.first().getByRole('checkbox')).toBeChecked()
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    await expect(row.getByRole('checkbox')).toBeChecked()
  })
}

test('whoever has the focus keeps it, and Tab goes on', async ({ page }) => {
  await prefer(page, { language: 'en' })
  await open(page, `#/leads?as_of=${AS_OF}`)
  await load(page, 'Show more')
  await page.evaluate(() => window.scrollTo(0, 0))
  const third = page.locator('tr[aria-rowindex="4"]').getByRole('link')
  const name = await third.innerText()
  await third.focus()
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await expect(page.locator(`tr[aria-rowindex="${LOADED + 1}"]`)).toBeInViewport()
  await expect(page.locator('main :focus')).toHaveText(name)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.locator('tr[aria-rowindex="5"] :focus')).toBeInViewport()
})

test('on paper it is whole', async ({ page }) => {
  await prefer(page, { language: 'en' })
  await open(page, `#/leads?as_of=${AS_OF}`)
  await load(page, 'Show more')
  await page.emulateMedia({ media: 'print' })
  await expect(rowsOf(page)).toHaveCount(LOADED)
  await page.emulateMedia({ media: 'screen' })
  await expect.poll(() => rowsOf(page).count()).toBeLessThan(120)
})
