// The policy in its forms and as text: tried out, put in force, refused.
import { expect, open } from './page'
import { button, walk } from './walk'

walk('a policy that cannot be is refused with the reason', async (w) => {
  const { page, server, errors, say, check } = w
  await open(page, '#/policy', server.url)
  await button(page, say('policy.text')).click()
  await page.getByLabel(say('policy.textLabel')).fill('[tier]\nhott = 70\n')
  await expect(page.getByRole('alert')).toContainText('hott')
  await expect(button(page, say('policy.whatIf'))).toBeDisabled()
  await check()
  // The browser tells of every 422.
  expect(errors.splice(0)).toHaveLength(1)
})

walk('calendars, SLA rules and overrides are written by forms', async (w) => {
  const { page, server, say, look, check } = w
  const named = (day: number) =>
    new Intl.DateTimeFormat(look.language === 'ar' ? 'ar' : 'en-GB', { weekday: 'long' }).format(
      new Date(2024, 0, 7 + day),
    )
  const where = page.getByRole('button', { name: new RegExp(`^${say('policy.where')}`) })
  await open(page, '#/policy?section=calendars', server.url)
  await page.getByLabel(say('policy.duration')).selectOption('working')
  await button(page, say('policy.addCalendar')).click()
  await page.getByLabel(say('policy.market')).fill('UAE')
  await page.getByLabel(say('policy.zone')).fill('Asia/Dubai')
  await page.getByLabel(named(5)).fill('09:00-11:30 14:00')
  await expect(page.getByLabel(named(5))).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel(named(5)).fill('09:00-11:30, 14:00-17:00')
  await page.getByLabel(named(1)).fill('')
  await page.getByLabel(say('policy.holiday')).fill('2026-12-02')
  await button(page, say('policy.addHoliday')).click()
  await button(page, say('policy.addPeriod')).click()
  await page.getByLabel(say('policy.period.from'), { exact: true }).fill('2026-02-18')
  await page.getByLabel(say('policy.period.to')).fill('2027-03-19')
  await check()

  await button(page, say('policy.section.sla')).click()
  await button(page, say('policy.addRule')).click()
  await page.getByLabel(say('policy.hours'), { exact: true }).fill('12')
  await where.click()
  await page.getByRole('dialog').getByLabel(say('dimension.region')).selectOption('UAE')
  await page.getByRole('dialog').getByLabel(say('leads.tier')).selectOption('Hot')
  await page.keyboard.press('Escape')
  await expect(where).toContainText(
    `${say('dimension.region')}: UAE · ${say('leads.tier')}: ${say('tier.Hot')}`,
  )
  await check()

  await button(page, say('policy.section.overrides')).click()
  await button(page, say('policy.addOverride')).click()
  await where.click()
  await page.getByRole('dialog').getByLabel(say('dimension.region')).selectOption('KSA')
  await page.keyboard.press('Escape')
  await page.getByLabel(say('policy.key.hot')).fill('60')
  await page.getByLabel(say('policy.group.weights')).check()
  await page.getByLabel(say('policy.key.recency')).fill('0.4')
  await check()

  await button(page, say('policy.whatIf')).click()
  await expect(page.getByText(say('policy.tierMoves')).first()).toBeVisible()
  await button(page, say('policy.save')).click()
  const inForce = async () => (await server.json<{ text: string }>('/api/v1/policy')).text
  await expect.poll(inForce).toContain('zone = "Asia/Dubai"')
  const text = await inForce()
  for (const part of ['zone = "Asia/Dubai"', '"14:00-17:00"', '2026-12-02', '2027-03-19']) {
    expect(text).toContain(part)
  }
  for (const part of [
    'hours = 12',
    'tier = "Hot"',
    'region = "KSA"',
    'hot = 60',
    'recency = 0.4',
  ]) {
    expect(text).toContain(part)
  }
})

walk('hot leads over their SLA are among those that slip', async ({ page, server, say }) => {
  const put = (policy: string[]) =>
    server.json('/api/v1/policy', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/toml' },
      body: policy.join('\n'),
    })
  const hot = ['[tier]', 'hot = 1', 'warm = 1']
  await put(hot)
  await open(page, '#/today', server.url)
  const card = page.locator('.card').nth(3)
  // No lead has ever left the last stage, so that the four in it have no P90 to be over.
  await expect(card.locator('.card-number')).toHaveText('8')
  await put([...hot, '[[sla.rule]]', 'stage = "Deciding"', 'hours = 1'])
  await expect(card.locator('.card-number')).toHaveText('12')
  await card.locator('.card-value').click()
  const rows = page.locator('.q-scroll .q-row')
  await expect(rows).toHaveCount(12)
  await expect(rows.filter({ hasText: say('why.late', { over: '' }).trim() })).toHaveCount(4)
})

walk('stages, alerts and reasons are written by forms', async ({ page, server, say, check }) => {
  await open(page, '#/policy?section=funnel', server.url)
  await page.getByLabel(say('policy.stageName', { n: 3 })).fill('Test drive')
  await page.getByLabel(say('policy.stageName', { n: 3 })).press('Enter')
  await page.getByLabel(say('policy.isLoadOf', { stage: 'Test drive' })).uncheck()
  await button(page, say('policy.up', { stage: 'Test drive' })).click()
  await page.getByLabel(say('policy.stageName', { n: 1 })).fill('Deciding')
  await expect(page.getByLabel(say('policy.stageName', { n: 1 }))).toHaveAttribute(
    'aria-invalid',
    'true',
  )
  await page.getByLabel(say('policy.stageName', { n: 1 })).fill('Created')
  await page.getByLabel(say('policy.newReason')).fill('Moved abroad')
  await button(page, say('policy.addReason')).click()
  await button(page, say('policy.removeReason', { reason: 'Price' })).click()
  await check()

  await button(page, say('policy.section.figures')).click()
  await page.getByLabel(say('policy.ownStageWeights')).check()
  await page.getByLabel('Test drive', { exact: true }).fill('0.6')
  await page.getByLabel(say('policy.key.estimator')).selectOption('kaplan_meier')
  await page.getByLabel(say('policy.key.smoothing')).fill('25')
  await page.getByLabel(say('policy.key.fallback_hours')).fill('100')
  await check()

  await button(page, say('policy.section.triggers')).click()
  const overrun = page.locator('.panel', { hasText: say('policy.triggerMeans.stage_breach') })
  await overrun.getByLabel(say('policy.key.limit'), { exact: true }).selectOption('sla')
  await overrun.getByRole('button', { name: new RegExp(`^${say('leads.tier')}`) }).click()
  await page
    .getByRole('dialog')
    .getByRole('checkbox', { name: say('tier.Hot') })
    .check()
  await page.keyboard.press('Escape')
  const chosen = `${say('leads.tier')}: ${say('tier.Hot')}`
  await expect(overrun.getByRole('button', { name: chosen })).toBeVisible()
  await page.getByLabel(say('policy.key.history_days')).fill('14')
  const expiry = page.locator('.panel', { hasText: say('policy.triggerMeans.expiry') })
  await expiry.getByLabel(say('policy.isOn')).uncheck()
  await check()

  await button(page, say('policy.whatIf')).click()
  await button(page, say('policy.save')).click()
  const inForce = async () => (await server.json<{ resolved: string }>('/api/v1/policy')).resolved
  await expect
    .poll(inForce)
    .toContain('stages = ["Created", "Test drive", "Contacted", "Deciding"]')
  const resolved = await inForce()
  for (const line of [
    'load = ["Deciding"]',
    'Test drive" = 0.6',
    'estimator = "kaplan_meier"',
    'smoothing = 25',
    'fallback_hours = 100',
    'limit = "sla"',
    'tiers = ["Hot"]',
    'history_days = 14',
    '"Moved abroad"',
  ]) {
    expect(resolved).toContain(line)
  }
  expect(resolved).not.toContain('"Price"')
  expect(resolved).toContain('[trigger.expiry]\nenabled = false')
})

walk('a form says at once what the server would refuse', async ({ page, server, errors, say }) => {
  await open(page, '#/policy', server.url)
  await page.getByLabel(say('policy.key.hot')).fill('30')
  await expect(page.getByRole('alert')).toContainText('must not be below warm')
  await page.getByLabel(say('policy.key.warm')).fill('20')
  await expect(page.getByRole('alert')).toHaveCount(0)
  // The browser tells of every 422.
  expect(errors.splice(0)).toHaveLength(1)
})
