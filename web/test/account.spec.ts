// One's own account: the second factor, where one is signed in, and tokens of programs.
import { createHmac } from 'node:crypto'
import { type Page } from '@playwright/test'
import { LOOKS, SCREENS, type Say, openMenu, wear } from './looks'
import { expect, settled, test } from './page'
import { Server } from './server'
import { type Walk, button, checkOf } from './walk'

const PASSWORD = 'three blue doors at noon'
const STEP_MS = 30_000

function bytesOf(base32: string): Buffer {
  const bits = [...base32.replace(/[\s=]/g, '')]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}

/** What an authenticator app shows (RFC 6238), so many steps from now. */
function codeOf(key: string, later = 0): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + later))
  const mac = createHmac('sha1', bytesOf(key)).update(counter).digest()
  const at = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** A walk of the first admin, who has signed in by the link and is at the account. */
function asAdmin(name: string, go: (walk: Omit<Walk, 'context'>) => Promise<void>): void {
  for (const look of LOOKS) {
    test(`${name}, ${look.name}`, async ({ page, errors }) => {
      const server = new Server()
      await server.start(0, 'on')
      const say = await wear(page, look)
      await page.goto(server.link)
      await page.getByLabel(say('signIn.newPassword')).fill(PASSWORD)
      await button(page, say('signIn.withPassword')).click()
      await settled(page)
      await openMenu(page, say, look)
      await page.locator('.account').getByRole('link').click()
      await expect(
        page.getByRole('heading', { level: 1, name: say('account.title') }),
      ).toBeVisible()
      await go({ page, server, errors, say, look, check: checkOf(page, look) })
      await page.close()
      await server.end()
      // The browser tells of each refusal, which is what was to be seen.
      expect(errors.splice(0).filter((e) => !/40[013]|422/.test(e))).toEqual([])
    })
  }
}

async function signIn(page: Page, say: Say): Promise<void> {
  await page.getByLabel(say('signIn.name'), { exact: true }).fill('admin')
  await page.getByLabel(say('signIn.password'), { exact: true }).fill(PASSWORD)
  await button(page, say('signIn.go')).click()
}

asAdmin('a second factor is set up, and asked for from then on', async (w) => {
  const { page, say, look, check } = w
  const panel = page.locator('.panel', { hasText: say('account.totp') })
  await button(panel, say('account.totpBegin')).click()
  await expect(panel.getByRole('img', { name: say('account.qr') })).toBeVisible()
  await check()
  const name = `account-two-factor-${look.language}-${look.size}`
  await page.screenshot({ path: `${SCREENS}/${name}.png`, fullPage: true })
  const key = await panel.locator('dd.mono').innerText()
  const open = await panel.getByRole('link', { name: say('account.totpOpen') }).getAttribute('href')
  expect(open).toContain(`secret=${key.replace(/\s/g, '')}`)
  const code = panel.getByLabel(say('signIn.code'))
  await code.fill('000000')
  await button(panel, say('account.totpUse')).click()
  await expect(panel.getByRole('alert')).toHaveText(say('account.totpWrong'))
  await code.fill(codeOf(key))
  await button(panel, say('account.totpUse')).click()
  await expect(panel).toContainText(say('account.isOn'))

  await openMenu(page, say, look)
  await button(page.locator('.account'), say('signIn.out')).click()
  await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
  await signIn(page, say)
  await expect(page.getByRole('alert')).toHaveText(say('signIn.needsCode'))
  await page.getByLabel(say('signIn.code')).fill(codeOf(key, 1))
  await button(page, say('signIn.go')).click()
  await expect(page.getByRole('heading', { level: 1, name: say('account.title') })).toBeVisible()
  await expect(panel).toContainText(say('account.isOn'))
})

asAdmin('one of several sessions is ended, and then all', async (w) => {
  const { page, server, say, look, check } = w
  const browser = page.context().browser()
  if (!browser) throw new Error('no browser')
  const other = await (await browser.newContext()).newPage()
  await wear(other, look)
  await other.goto(server.url)
  await signIn(other, say)
  await settled(other)
  await page.reload()
  const rows = page.locator('.panel', { hasText: say('account.sessions') }).locator('tbody tr')
  await expect(rows).toHaveCount(2)
  await check()
  await expect(rows.filter({ hasText: say('account.here') })).toHaveCount(1)
  await button(rows, say('account.end')).click()
  await expect(rows).toHaveCount(1)
  await other.reload()
  await expect(other.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
  await signIn(other, say)
  await settled(other)
  await button(page, say('account.everywhere')).click()
  await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
  await other.reload()
  await expect(other.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
  await other.close()
})

asAdmin('a token is told once, is as good as was said, and ends', async (w) => {
  const { page, server, say, check } = w
  await button(page, say('admin.makeToken')).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(say('admin.tokenName')).fill('nightly report')
  await dialog.getByLabel(say('admin.role')).selectOption('read_only')
  await dialog.getByLabel(say('admin.days')).fill('7')
  await check()
  await button(dialog, say('admin.makeToken')).click()
  const token = await dialog.locator('code').innerText()
  await button(dialog, say('shell.close')).click()
  await expect(page.getByText(token)).toHaveCount(0)

  const ask = (path: string, method = 'GET') =>
    fetch(server.url + path, { method, headers: { Authorization: `Bearer ${token}` } })
  expect((await ask('/api/v1/queue')).status).toBe(200)
  expect((await ask('/api/v1/refresh', 'POST')).status).toBe(403)
  const row = page.locator('tr', { hasText: 'nightly report' })
  await expect(row).toContainText(say('admin.roles.read_only'))
  await button(row, say('admin.revokeOf', { name: 'nightly report' })).click()
  await expect(row).toContainText(say('admin.revoked'))
  expect((await ask('/api/v1/queue')).status).toBe(401)
})
