// The page itself: its keys, its stream, links, files and display.
import { readFileSync } from 'node:fs'
import { openMenu, wear } from './looks'
import { expect, open, settled, wordsOf } from './page'
import { button, walk } from './walk'

walk('keys move through the queue and open a lead', async ({ page, server, say, check }) => {
  await open(page, '#/today', server.url)
  const chosen = page.locator('.q-row[aria-selected="true"]')
  const ids = await page.locator('.q-scroll .q-lead .mono').allInnerTexts()
  await expect(chosen).toContainText(ids[0] ?? '-')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(chosen).toContainText(ids[2] ?? '-')
  await page.keyboard.press('k')
  await expect(chosen).toContainText(ids[1] ?? '-')
  await page.keyboard.press('Enter')
  await expect(page.locator('h1')).toContainText(ids[1] ?? '-')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: say('help.title') })).toBeVisible()
  await check()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

walk('a note by keys, and its undo', async ({ page, server, say }) => {
  await open(page, '#/lead/L-01', server.url)
  await page.keyboard.press('n')
  await page.getByRole('textbox', { name: say('actions.text') }).fill('Asked for the long version')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const note = page.locator('.history li', { hasText: 'Asked for the long version' })
  await expect(note.first()).toBeVisible()
  await button(page.getByRole('status'), say('actions.undo')).click()
  await expect(note.locator('.struck')).toBeVisible()
})

walk('a lead is closed by keys and taken back', async ({ page, server, say }) => {
  await open(page, '#/today', server.url)
  const first = page.locator('.q-scroll .q-row').first()
  const id = await first.locator('.mono').innerText()
  const row = page.locator('.q-scroll .q-row', { hasText: id })
  await page.keyboard.press('x')
  await page.getByRole('dialog').getByRole('radio').first().check()
  await button(page.getByRole('dialog'), say('actions.lost')).click()
  await expect(row).toHaveCount(0)
  await page.keyboard.press('u')
  await expect(row).toHaveCount(1)
})

walk('a change in one browser shows in the other by itself', async (w) => {
  const { page, server, context, say, look } = w
  await open(page, '#/today', server.url)
  const other = await context.newPage()
  await wear(other, look)
  await open(other, '#/today', server.url)
  for (const each of [page, other]) {
    await expect(each.locator('.connection.live')).toHaveCount(1)
    await expect(each.locator('.q-owner', { hasText: 'omar' })).toHaveCount(0)
  }
  await server.send([{ type: 'lead', lead_id: 'L-03', owner: 'omar' }])
  for (const each of [page, other]) {
    await expect(each.locator('.q-row', { hasText: 'L-03' })).toContainText('omar')
  }
  await other.locator('.q-row', { hasText: 'L-04' }).locator('.q-score').click()
  await other.keyboard.press('a')
  await other.getByRole('dialog').getByLabel(say('dimension.owner')).fill('layla')
  await button(other.getByRole('dialog'), say('actions.assign')).click()
  await expect(page.locator('.q-row', { hasText: 'L-04' })).toContainText('layla')
  await button(other.getByRole('status'), say('actions.undo')).click()
  await expect(page.locator('.q-row', { hasText: 'L-04' })).toContainText('sara')
  await other.close()
})

walk('search is reached, gone through and left by keys', async ({ page, server }) => {
  await open(page, '#/today', server.url)
  await page.keyboard.press('/')
  await page.keyboard.type('person 7')
  await expect(page.getByRole('option', { name: /Person 7/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.locator('h1')).toContainText('Person 7')
})

walk('a figure opens what it means', async ({ page, server, say, check }) => {
  await open(page, '#/today', server.url)
  await page.getByRole('button', { name: say('figures.stuck.name') }).click()
  await expect(page.getByRole('dialog')).toContainText(say('figures.stuck.means'))
  await check('.popover')
})

walk('language, digits, calendar and theme are chosen and kept', async (w) => {
  const { page, server, say, look, check } = w
  await open(page, '#/lead/L-01', server.url)
  await openMenu(page, say, look)
  await button(page, say('preferences.title')).click()
  await check('.popover')
  const isArabic = look.language === 'ar'
  await button(page, say(`preferences.values.${isArabic ? 'en' : 'ar'}`)).click()
  await expect(page.locator('html')).toHaveAttribute('dir', isArabic ? 'ltr' : 'rtl')
  const words = wordsOf(isArabic ? 'en' : 'ar')
  await button(page, words('preferences.values.arab')).click()
  await button(page, words('preferences.values.islamic-umalqura')).click()
  await button(page, words('preferences.values.dark')).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.keyboard.press('Escape')
  const era = isArabic ? 'AH' : 'هـ'
  await expect(page.locator('main')).toContainText(/[٠-٩]/)
  await expect(page.locator('main')).toContainText(era)
  await check()
  await page.reload()
  await settled(page)
  await expect(page.locator('html')).toHaveAttribute('dir', isArabic ? 'ltr' : 'rtl')
  await expect(page.locator('main')).toContainText(era)
})

walk('a server that restarts is found again, and nothing typed is lost', async (w) => {
  const { page, server, errors, say, look } = w
  await open(page, '#/lead/L-02', server.url)
  await expect(page.locator('.connection.live')).toHaveCount(1)
  await page.keyboard.press('n')
  const field = page.getByRole('textbox', { name: say('actions.text') })
  await field.fill('Half a sentence')
  const { port } = server
  await server.stop()
  await expect(page.locator('.connection.lost')).toHaveCount(1)
  // Where the note is behind the menu, another one takes its place.
  await expect(page.locator('.lost-note')).toBeVisible({ visible: look.size === 'phone' })
  await server.start(port)
  await expect(page.locator('.connection.live')).toHaveCount(1)
  await expect(field).toHaveValue('Half a sentence')
  await button(page.getByRole('dialog'), say('actions.note')).click()
  await expect(page.locator('.history')).toContainText(['Half a sentence'])
  // What the browser said of the connection that was not there.
  errors.splice(0)
})

walk('the leads behind a number have their names, and go along as files', async (w) => {
  const { page, server, say } = w
  await open(page, '#/cell?visit_stage=Created', server.url)
  await expect(page.locator('tbody tr').first()).toContainText('Person')
  for (const format of ['csv', 'xlsx']) {
    await button(page, say('export.table')).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: format.toUpperCase() }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe(`leads.${format}`)
    const bytes = readFileSync(await file.path())
    if (format === 'csv') {
      const lines = bytes.toString('utf8').trimEnd().split('\r\n')
      expect(lines).toHaveLength(13)
      expect(lines[0]).toContain('lead_id')
      expect(lines.join()).toContain('Person 7')
    } else {
      // A workbook is a ZIP with a sheet in it.
      expect(bytes.subarray(0, 2).toString()).toBe('PK')
      expect(bytes.includes('xl/worksheets/sheet1.xml')).toBe(true)
    }
  }
})

walk('the score of a lead is told from its first event on', async ({ page, server, say }) => {
  await open(page, '#/lead/L-01', server.url)
  const chart = page.getByRole('img', { name: say('lead.scoresLabel', { name: 'Person 1' }) })
  await expect(chart.locator('canvas')).toBeVisible()
  const told = await server.json<{ items: { score: number; stage: string }[] }>(
    '/api/v1/leads/L-01/scores',
  )
  const { lead } = await server.json<{ lead: { score: number } }>('/api/v1/leads/L-01')
  expect(new Set(told.items.map((i) => i.stage))).toEqual(
    new Set(['Created', 'Contacted', 'Experiencing', 'Deciding']),
  )
  expect(told.items.at(-1)?.score).toBeCloseTo(lead.score, 1)
})

walk('a view is sent as a link, and as it is at this instant', async (w) => {
  const { page, server, context, say } = w
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url })
  await open(page, '#/leads?region=UAE', server.url)
  const copied = async (item: string) => {
    await button(page, say('share.title')).click()
    await button(page, say(item)).click()
    await expect(page.getByText(say('share.copied')).last()).toBeVisible()
  }
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await copied('share.link')
  expect(await clipboard()).toBe(`${server.url}/#/leads?region=UAE`)
  await copied('share.fixed')
  await expect.poll(clipboard).toContain('as_of=')
  const fixed = await clipboard()
  await expect(page.locator('.connection.live')).toHaveCount(1)
  const created_at = new Date().toISOString()
  await server.send([{ type: 'lead', lead_id: 'L-90', created_at, region: 'UAE' }])
  await expect(page.locator('tbody tr')).toHaveCount(7)
  await page.goto(fixed)
  await settled(page)
  await expect(page.locator('tbody tr')).toHaveCount(6)
})

walk('what happens before the stream is open is not missed', async ({ page, server }) => {
  let go = (): void => undefined
  const held = new Promise<void>((resolve) => (go = resolve))
  await page.route('**/api/v1/stream', async (route) => {
    await held
    await route.continue()
  })
  await open(page, '#/today', server.url)
  await server.send([{ type: 'lead', lead_id: 'L-03', owner: 'omar' }])
  await expect(page.locator('.connection.connecting')).toHaveCount(1)
  go()
  await expect(page.locator('.q-row', { hasText: 'L-03' })).toContainText('omar')
})

walk('the week of a period is that of the market', async (w) => {
  const { page, server, say, look, check } = w
  const named = (day: number, weekday: 'long' | 'short' | 'narrow') =>
    new Intl.DateTimeFormat(look.language === 'ar' ? 'ar' : 'en-GB', { weekday }).format(
      new Date(2024, 0, 7 + day),
    )
  const heading = look.language === 'ar' ? 'narrow' : 'short'
  const calendar = (region: string, days: string[]) => [
    '[[calendar]]',
    `region = "${region}"`,
    'zone = "Asia/Dubai"',
    `weekly = { ${days.map((d) => `${d} = ["09:00-18:00"]`).join(', ')} }`,
  ]
  await server.json('/api/v1/policy', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/toml' },
    body: [
      ...calendar('KSA', ['sun', 'mon', 'tue', 'wed', 'thu']),
      ...calendar('UAE', ['mon', 'tue', 'wed', 'thu', 'fri']),
    ].join('\n'),
  })
  const heads = page.getByRole('dialog').locator('.month th')
  const weekend = page.locator('.month tbody tr').nth(2).locator('.day.off')
  await open(page, '#/funnel?region=KSA', server.url)
  await button(page, say('period.now')).click()
  await expect(heads).toHaveText([0, 1, 2, 3, 4, 5, 6].map((day) => named(day, heading)))
  await expect(weekend).toHaveCount(2)
  await expect(weekend.first()).toHaveAttribute('aria-label', new RegExp(named(5, 'long')))
  await check('.month')
  const days = page.locator('.month tbody tr').nth(1).locator('.day')
  await page.locator('.month header button').first().click()
  await days.nth(1).click()
  await days.nth(3).click()
  const { searchParams } = new URL(page.url().replace('#/', ''))
  const at = (name: string) => Date.parse(searchParams.get(name) ?? '')
  expect(at('to') - at('from')).toBe(3 * 86_400_000)
  expect(new Date(at('from')).getUTCDay()).toBe(1)
  await page.keyboard.press('Escape')
  await open(page, '#/funnel?region=UAE', server.url)
  await button(page, say('period.now')).click()
  await expect(heads.first()).toHaveText(named(1, heading))
  await expect(weekend.first()).toHaveAttribute('aria-label', new RegExp(named(6, 'long')))
})

walk('the numbers of a stage open the leads behind them', async ({ page, server, say }) => {
  const at = new Date().toISOString()
  for (const lead_id of ['L-02', 'L-03', 'L-09']) {
    await server.send([{ type: 'outcome', lead_id, outcome: 'lost', reason: 'Price', at }])
  }
  await server.json('/api/v1/refresh', { method: 'POST' })
  const funnel = await server.json<{
    items: { stage: string; reached: number; advanced: number; lost: number }[]
  }>('/api/v1/funnel')
  const columns = [
    [2, 'reached'],
    [3, 'advanced'],
    [4, 'lost'],
  ] as const
  for (const { stage, ...row } of funnel.items.slice(0, 4)) {
    for (const [column, name] of columns) {
      await open(page, '#/funnel', server.url)
      const cell = page.locator('tr', { hasText: stage }).first().locator(`td:nth-child(${column})`)
      await expect(cell).toHaveText(String(row[name]))
      await cell.getByRole('link').click()
      const of =
        name === 'reached'
          ? say('leads.reached', { stage })
          : say('funnel.behind', { stages: stage })
      await expect(page.locator('main .page-head, main h1').first()).toContainText(of)
      await expect(page.locator('tbody tr')).toHaveCount(row[name])
    }
  }

  const heat = await server.json<{ items: { stage: string; region: string; n: number }[] }>(
    '/api/v1/heatmap?by=region',
  )
  const slow = heat.items.filter((cell) => cell.n > 0).slice(0, 3)
  expect(slow).toHaveLength(3)
  for (const { stage, region, n } of slow) {
    await open(page, '#/funnel', server.url)
    const at = await page.locator('.heat thead th').allInnerTexts()
    const row = page.locator('.heat tbody tr', { hasText: region })
    await row.locator(`td:nth-child(${at.indexOf(stage) + 1}) a`).click()
    await expect(page.locator('main h1')).toContainText(say('funnel.behind', { stages: stage }))
    await expect(page.locator('tbody tr')).toHaveCount(n)
  }
})

walk('the menu of a narrow screen opens and closes', async (w) => {
  const { page, server, say, look, check } = w
  const side = page.locator('.shell-side')
  await open(page, '#/today', server.url)
  if (look.size !== 'phone') {
    await expect(side).toBeVisible()
    await expect(button(page, say('shell.menu'))).toBeHidden()
    return
  }
  await expect(side).toBeHidden()
  await openMenu(page, say, look)
  await check()
  await page.keyboard.press('Escape')
  await expect(side).toBeHidden()
  await openMenu(page, say, look)
  const beside = look.language === 'ar' ? 20 : 370
  await page.mouse.click(beside, 400)
  await expect(side).toBeHidden()
  await openMenu(page, say, look)
  await page.keyboard.press('3')
  await expect(page).toHaveURL(/#\/leads/)
  await expect(side).toBeHidden()
})

walk('the load of a dealer and nameplate is followed day by day', async (w) => {
  const { page, server, say, check } = w
  await server.json('/api/v1/refresh', { method: 'POST' })
  await open(page, '#/load', server.url)
  await page.locator('.load .cell').last().click()
  const panel = page.locator('.panel', { hasText: say('load.trend') })
  await expect(panel.locator('canvas')).toBeInViewport()
  await check()
  await panel.getByRole('link', { name: say('load.leads') }).click()
  await expect(page).toHaveURL(/#\/leads\?dealer=Riyadh\+North&nameplate=Terra/)
  await expect(page.locator('tbody tr')).toHaveCount(6)
})
