// Signing in at an identity provider: a real Keycloak, where there is one (./x setup --oidc).
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Page } from '@playwright/test'
import { EXTREMES, type Look, type Say, wear } from './looks'
import { accessible, expect, settled, test } from './page'
import { DIST, binary } from './server'

const KEYCLOAK = '../.deps/keycloak'
const PASSWORD = 'nine yellow bicycles'

let place: ChildProcess | undefined
let url = ''

test.describe.configure({ mode: 'serial' })
test.skip(!existsSync(KEYCLOAK), 'no Keycloak here: ./x setup --oidc')

test.beforeAll(async () => {
  test.setTimeout(600_000)
  const python = '../.deps/api/bin/python'
  const child = spawn(python, ['../test/api/oidc_place.py', binary, DIST], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  place = child
  let told = ''
  child.stderr.on('data', (piece) => (told += String(piece)))
  url = await new Promise((resolve, reject) => {
    child.on('exit', (status) => reject(new Error(`the provider ended with ${status}\n${told}`)))
    createInterface({ input: child.stdout }).on('line', resolve)
  })
})

test.afterAll(async () => {
  const child = place
  if (!child || child.exitCode !== null) return
  await new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.on('exit', resolve)
    child.stdin?.end()
  })
})

/** From the page that was asked for to the provider's own, and back. */
async function signIn(page: Page, say: Say, user: string): Promise<void> {
  await page.getByRole('link', { name: say('signIn.at', { provider: 'Keycloak' }) }).click()
  await expect(page).toHaveURL(/\/realms\/net\//)
  await page.locator('#username').fill(user)
  await page.locator('#password').fill(PASSWORD)
  await page.locator('#kc-login').click()
}

/** The browser tells of what is refused to nobody in particular; the provider's pages are its own. */
const isOurs = (error: string): boolean => !/ 401 |realms|resources/.test(error)

const rows = (page: Page) => page.locator('table.dense tbody tr')

async function account(page: Page, say: Say, { size }: Look): Promise<void> {
  if (size === 'phone') await page.getByRole('button', { name: say('shell.menu') }).click()
}

for (const look of EXTREMES) {
  test(`somebody signs in there, and out again, ${look.name}`, async ({ page, errors }) => {
    const say = await wear(page, look)
    await page.goto(`${url}/#/leads?state=all&channel=web`)
    await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
    await accessible(page)
    const { language, size } = look
    await page.screenshot({ path: `../out/screenshots/sign-in-${language}-${size}.png` })
    await signIn(page, say, 'sara')

    // Where they wanted to be, with what they may see.
    await expect(page).toHaveURL(`${url}/#/leads?state=all&channel=web`)
    await settled(page)
    await expect(rows(page)).toHaveCount(2)
    await expect(page.locator('main')).not.toContainText('L2')
    await account(page, say, look)
    await expect(page.locator('.account')).toContainText('Sara Ali')

    // Out, also there: whoever comes next is asked for a password.
    await page.getByRole('button', { name: say('signIn.out') }).click()
    await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
    await signIn(page, say, 'root')
    await settled(page)
    await account(page, say, look)
    await expect(page.locator('.account')).toContainText('Root Ali')
    await page.goto(`${url}/#/leads?state=all`)
    await expect(rows(page)).toHaveCount(3)
    expect(errors.splice(0).filter(isOurs)).toEqual([])
  })

  test(`who has no role here is told so, ${look.name}`, async ({ page, errors }) => {
    const say = await wear(page, look)
    await page.goto(`${url}/#/today`)
    await signIn(page, say, 'guest')
    await expect(page.getByRole('alert')).toHaveText(say('signIn.problem.no_role'))
    await accessible(page)
    expect(errors.splice(0).filter(isOurs)).toEqual([])
  })
}
