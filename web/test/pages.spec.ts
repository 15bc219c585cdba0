// Every page in both languages, on every size of screen: it is whole, accessible, quiet in the console,
// nothing sticks out. A picture of each is kept in out/screenshots.
import { LOOKS, READ_ONLY_LOOKS, SCREENS, SIZES, wear, widthOf } from './looks'
import { accessible, expect, open, prefer, test, url } from './page'

const PAGES = [
  ['today', '#/today'],
  ['today-hot', '#/today?view=hot'],
  ['funnel', '#/funnel'],
  ['funnel-dealer', '#/funnel?by=dealer&metric=compliance'],
  ['cell', '#/cell?visit_stage=Contacted&category=critical'],
  ['leads', '#/leads'],
  ['leads-lost', '#/leads?state=lost'],
  ['lead', ''],
  ['load', '#/load'],
  ['expiry', '#/expiry?list=expired'],
  ['channels', '#/channels'],
  ['policy', '#/policy'],
  ['policy-funnel', '#/policy?section=funnel'],
  ['policy-sla', '#/policy?section=sla'],
  ['policy-overrides', '#/policy?section=overrides'],
  ['policy-calendars', '#/policy?section=calendars'],
  ['policy-triggers', '#/policy?section=triggers'],
  ['imports', '#/imports'],
  ['status', '#/status'],
  ['admin', '#/admin'],
  ['admin-person', '#/admin?section=person'],
  ['account', '#/account'],
  ['nothing', '#/today?region=nowhere'],
] as const

async function firstLead(): Promise<string> {
  const answer = await fetch(`${url()}/api/v1/queue?limit=1`)
  return ((await answer.json()) as { items: { lead_id: string }[] }).items[0]?.lead_id ?? ''
}

for (const look of [...LOOKS, ...READ_ONLY_LOOKS]) {
  const { language, size } = look
  for (const [name, hash] of PAGES) {
    test(`${name}, ${look.name}`, async ({ page }) => {
      const theme = language === 'ar' && size === 'desktop' ? 'dark' : 'light'
      const say = await wear(page, look, theme)
      await open(page, hash === '' ? `#/lead/${await firstLead()}` : hash)
      await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr')
      if (name === 'lead') {
        await expect(page.locator('main td bdi', { hasText: say('leads.all') })).toBeVisible()
      }
      // The heading says where one is; a page has one.
      await expect(page.locator('main h1')).toHaveCount(1)
      expect(await widthOf(page)).toBeLessThanOrEqual(SIZES[size].width)
      // The same elements as on the screens that everything is tried on, at another width.
      if (LOOKS.includes(look)) await accessible(page)
      await page.screenshot({ path: `${SCREENS}/${name}-${language}-${size}.png` })
    })
  }
}

test('on paper a page is whole, and says what it is of', async ({ page }) => {
  await prefer(page, { language: 'en', theme: 'dark' })
  await open(page, '#/today?region=UAE')
  const shown = await page.locator('.q-scroll .q-row').count()
  await page.emulateMedia({ media: 'print' })
  await expect(page.locator('.shell-side')).toBeHidden()
  await expect(page.locator('.shell-bar')).toBeHidden()
  await expect(page.locator('.print-head')).toContainText('Market: UAE')
  // What is drawn row by row on the screen is all there.
  await expect.poll(() => page.locator('.q-scroll .q-row').count()).toBeGreaterThan(shown)
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(paper).toBe('rgb(255, 255, 255)')
  await page.screenshot({ path: `${SCREENS}/today-print.png` })
})

test('a wall screen has larger type', async ({ page }) => {
  const sizeOf = () => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize))
  await prefer(page, { language: 'en' })
  await page.setViewportSize({ width: 1440, height: 900 })
  await open(page, '#/today')
  const usual = await sizeOf()
  await page.setViewportSize({ width: 3840, height: 2160 })
  expect(await sizeOf()).toBeGreaterThan(usual)
  await accessible(page)
})
