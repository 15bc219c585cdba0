// What people do with leads, views, the policy and users.
import { type Page, type Locator } from '@playwright/test'
import { goTo } from './looks'
import { expect, open } from './page'
import type { Server } from './server'
import { type Walk, button, walk } from './walk'

const undo = ({ page, say }: Walk): Promise<void> =>
  page
    .getByRole('status')
    .getByRole('button', { name: say('actions.undo') })
    .last()
    .click()

/** Fills in the dialog of an action, which has the name of its button, and sends it. */
async function act({ page, say, check }: Walk, kind: string, name?: string): Promise<void> {
  const called = name ?? say(`actions.${kind}`)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading')).toHaveText(new RegExp(`^${called} · `))
  await check()
  if (kind === 'snooze') return dialog.locator('.dialog-body button').nth(2).click()
  if (kind === 'note') await dialog.locator('textarea').fill('مهتم جداً, asked for the long one')
  if (kind === 'assign') await dialog.getByLabel(say('dimension.owner')).fill('omar')
  if (kind === 'lost') await dialog.getByRole('radio').first().check()
  await button(dialog, called).click()
}

const rowsOf = (page: Page): Locator => page.locator('main tbody tr')

const ownersOf = async (server: Server): Promise<string[]> => {
  const { items } = await server.json<{ items: { owner: string }[] }>('/api/v1/queue')
  return items.map((lead) => lead.owner)
}

async function quickActions(walk: Walk): Promise<void> {
  const { page, server, say } = walk
  await open(page, '#/lead/L-01', server.url)
  const history = page.locator('.history').first().locator('li')
  const struck = history.locator('.struck')
  const kinds = ['note', 'call', 'assign', 'snooze', 'lost']
  for (const [done, kind] of kinds.entries()) {
    await button(page.locator('main'), say(`actions.${kind}`)).click()
    await act(walk, kind)
    await expect(history.filter({ hasText: say(`actions.${kind}`) }).first()).toBeVisible()
    await undo(walk)
    await expect(struck).toHaveCount(done + 1)
  }
  const { lead } = await server.json<{ lead: object }>('/api/v1/leads/L-01')
  expect(lead).toMatchObject({ state: 'open', owner: 'sara' })
}

async function queueAction(walk: Walk): Promise<void> {
  const { page, server, say } = walk
  await open(page, '#/today', server.url)
  const row = page.locator('.q-scroll .q-row', { hasText: 'L-05' })
  await row.locator('.q-stage, .q-score').first().click()
  await expect(row).toHaveAttribute('aria-selected', 'true')
  await button(page.locator('main'), say('actions.lost')).click()
  await act(walk, 'lost')
  await expect(row).toHaveCount(0)
  await undo(walk)
  await expect(row).toHaveCount(1)
}

async function bulk(walk: Walk): Promise<void> {
  const { page, server, say } = walk
  await open(page, '#/leads', server.url)
  await expect(rowsOf(page)).toHaveCount(12)
  for (const id of ['L-11', 'L-12']) await page.getByLabel(say('leads.choose', { id })).check()
  await walk.check()
  await button(page, say('actions.snooze')).click()
  await act(walk, 'snooze')
  await expect(rowsOf(page)).toHaveCount(10)
  await expect(page.getByLabel(say('leads.choose', { id: 'L-11' }))).toHaveCount(0)
  await undo(walk)
  await expect(rowsOf(page)).toHaveCount(12)
}

async function expired(walk: Walk): Promise<void> {
  const { page, server, say } = walk
  await server.json('/api/v1/refresh', { method: 'POST' })
  await open(page, '#/expiry', server.url)
  await button(
    page.getByRole('group', { name: say('expiry.which') }),
    say('expiry.short.expired'),
  ).click()
  const rows = page.locator('table.dense tbody tr')
  await expect(rows).toHaveCount(8)
  const toast = (message: string, who = '') =>
    expect(page.locator('.toasts')).toContainText(say(message, { who }).trim())
  const choose = page.getByLabel(say('leads.choose', { id: 'L-05' }))
  await choose.check()
  await button(page, say('expiry.reengage')).click()
  await act(walk, 'call', say('expiry.reengage'))
  await toast('expiry.done.reengage', 'L-05')
  await page.getByLabel(say('leads.chooseAll')).check()
  await button(page, say('expiry.reroute')).click()
  await act(walk, 'assign', say('expiry.reroute'))
  await toast('expiry.done.reroute')
  await expect.poll(async () => (await ownersOf(server)).filter((o) => o === 'omar').length).toBe(8)
  await undo(walk)
  await expect.poll(async () => new Set(await ownersOf(server))).toEqual(new Set(['sara']))
  // Released: they are lost for good.
  await choose.check()
  await button(page, say('expiry.release')).click()
  await act(walk, 'lost', say('expiry.release'))
  await toast('expiry.done.release', 'L-05')
  await expect(rows).toHaveCount(7)
}

async function savedView(walk: Walk): Promise<void> {
  const { page, server, say, check } = walk
  await open(page, '#/leads?region=UAE', server.url)
  await button(page, say('leads.columns')).click()
  await page.getByRole('checkbox', { name: say('leads.column.phone') }).check()
  await check('.popover')
  await page.keyboard.press('Escape')
  const phone = page.getByRole('columnheader', { name: say('leads.column.phone') })
  await expect(phone).toBeVisible()
  await button(page, say('leads.views')).click()
  await page.getByRole('textbox', { name: say('leads.viewName') }).fill('الإمارات, with phones')
  await button(page, say('leads.saveView')).click()
  await check('.popover')
  await page.keyboard.press('Escape')
  await open(page, '#/today', server.url)
  await open(page, '#/leads', server.url)
  await expect(phone).toHaveCount(0)
  await button(page, say('leads.views')).click()
  await page.getByRole('link', { name: 'الإمارات, with phones' }).click()
  await expect(page).toHaveURL(/region=UAE/)
  await expect(phone).toBeVisible()
  await expect(rowsOf(page)).toHaveCount(6)
}

async function filters(walk: Walk): Promise<void> {
  const { page, server, say, look, check } = walk
  await open(page, '#/today', server.url)
  await button(page, say('filter.add')).click()
  await button(page, say('dimension.dealer')).click()
  await page.getByRole('checkbox', { name: /Marina/ }).check()
  await check('.popover')
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/dealer=Marina/)
  await expect(page.locator('.queue h2')).toContainText('6')
  await goTo(page, say, look, 'leads')
  await expect(page).toHaveURL(/#\/leads\?dealer=Marina/)
  await expect(rowsOf(page)).toHaveCount(6)
  await page.goBack()
  await expect(page).toHaveURL(/#\/today\?dealer=Marina/)
  await button(page, say('filter.remove', { name: say('dimension.dealer') })).click()
  await expect(page.locator('.queue h2')).toContainText('12')
}

async function search({ page, server, say, check }: Walk): Promise<void> {
  await open(page, '#/today', server.url)
  await page.getByRole('combobox', { name: say('search.label') }).fill('person 7')
  const found = page.getByRole('option', { name: /Person 7/ })
  await expect(found).toBeVisible()
  await check()
  await found.click()
  await expect(page.locator('h1')).toContainText('Person 7')
}

async function policy(walk: Walk): Promise<void> {
  const { page, server, say, check } = walk
  const inForce = async () => (await server.json<{ resolved: string }>('/api/v1/policy')).resolved
  const put = async (note: string) => {
    await button(page, say('policy.whatIf')).click()
    await expect(page.getByText(say('policy.tierMoves')).first()).toBeVisible()
    await check()
    await page.getByLabel(say('policy.note')).fill(note)
    await button(page, say('policy.save')).click()
  }
  const versions = page.locator('.panel', { hasText: say('policy.versions') }).locator('tbody tr')
  const change = async (warm: string, hot: string) => {
    await page.getByLabel(say('policy.key.warm'), { exact: true }).fill(warm)
    await page.getByLabel(say('policy.key.hot'), { exact: true }).fill(hot)
  }
  await open(page, '#/policy', server.url)
  await change('20', '35')
  await put('المزيد')
  await expect(versions.first()).toContainText('المزيد')
  expect(await inForce()).toContain('hot = 35')
  await change('30', '45')
  await put('Fewer')
  await expect(versions.first()).toContainText('Fewer')
  expect(await inForce()).toContain('hot = 45')
  // The earlier one is opened, tried and put in force again.
  await versions
    .nth(1)
    .getByRole('button', { name: say('policy.open') })
    .click()
  await expect(page.getByLabel(say('policy.key.hot'), { exact: true })).toHaveValue('35')
  await put('Back')
  await expect(versions.first()).toContainText('Back')
  expect(await inForce()).toContain('hot = 35')
}

async function people(walk: Walk): Promise<void> {
  const { page, server, say, check } = walk
  await open(page, '#/admin', server.url)
  await button(page, say('admin.add')).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(say('signIn.name'), { exact: true }).fill('noura')
  await dialog.getByLabel(say('admin.display')).fill('نورة')
  await dialog.getByLabel(say('admin.role')).selectOption('dealer_manager')
  await check()
  await button(dialog, say('admin.add')).click()
  await expect(dialog.locator('code')).toContainText('link=')
  await check()
  await button(dialog, say('shell.close')).click()
  await expect(page.getByLabel(say('admin.roleOf', { name: 'noura' }))).toHaveValue(
    'dealer_manager',
  )
  await button(page, say('admin.moreOf', { name: 'noura' })).click()
  await check('.popover')
  await button(page.locator('.popover'), say('admin.disable')).click()
  const row = page.locator('tr', { hasText: 'نورة' })
  await expect(row).toContainText(say('admin.disabled'))
}

const WALKS: Readonly<Record<string, (w: Walk) => Promise<void>>> = {
  'every quick action is done and taken back': quickActions,
  'a lead closed in the queue leaves it, and comes back': queueAction,
  'many leads are put off at once, and taken back': bulk,
  'expired leads are given away and released': expired,
  'a view is saved with its filters and columns': savedView,
  'filters stand in the address and hold from page to page': filters,
  'search finds by name': search,
  'a policy is tried, put in force, and taken back': policy,
  'a user is added and shut out': people,
}

for (const [name, go] of Object.entries(WALKS)) walk(name, go)
