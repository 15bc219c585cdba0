// Signing in: by the first link, by password, out again; and what a role sees.
import { LOOKS, goTo, openMenu, wear } from './looks'
import { expect, settled, test } from './page'
import { Server } from './server'
import { button, checkOf } from './walk'

const PASSWORD = 'three blue doors at noon'

for (const look of LOOKS) {
  test(`the first admin signs in by a link, chooses a password, and adds a user, ${look.name}`, async ({
    page,
    browser,
    errors,
  }) => {
    const server = new Server()
    await server.start(0, 'on')
    const say = await wear(page, look)
    const check = checkOf(page, look)

    // Nobody is in: the page asks, and says no more than that.
    await page.goto(`${server.url}/#/leads?region=UAE`)
    await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
    await page.getByLabel(say('signIn.name'), { exact: true }).fill('admin')
    await page.getByLabel(say('signIn.password'), { exact: true }).fill('wrong wrong wrong')
    await button(page, say('signIn.go')).click()
    await expect(page.getByRole('alert')).toHaveText(say('signIn.failed'))
    await check()

    // The link is taken out of the address at once.
    await page.goto(server.link)
    await expect(page.getByLabel(say('signIn.newPassword'))).toBeVisible()
    expect(page.url()).not.toContain('link=')
    await check()
    await page.getByLabel(say('signIn.newPassword')).fill(PASSWORD)
    await button(page, say('signIn.withPassword')).click()
    await settled(page)
    await expect(page.locator('.account')).toContainText('Administrator')

    // A user of one dealer, made in the page.
    await goTo(page, say, look, 'admin')
    await button(page, say('admin.add')).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(say('signIn.name'), { exact: true }).fill('sara')
    await dialog.getByLabel(say('admin.role')).selectOption('read_only')
    await button(dialog, say('admin.add')).click()
    const link = await dialog.locator('code').innerText()
    await button(dialog, say('shell.close')).click()
    await expect(page.getByLabel(say('admin.roleOf', { name: 'sara' }))).toHaveValue('read_only')

    // They see no more than their role allows.
    const other = await browser.newPage()
    await wear(other, look)
    await other.goto(link)
    await button(other, say('signIn.go')).click()
    await settled(other)
    await openMenu(other, say, look)
    await expect(other.getByRole('link', { name: say('pages.today') })).toBeVisible()
    await expect(other.getByRole('link', { name: say('pages.admin') })).toHaveCount(0)
    await expect(other.getByRole('button', { name: say('actions.lost') })).toHaveCount(0)

    // The admin sees where they are signed in, and ends it.
    await button(page, say('admin.moreOf', { name: 'sara' })).click()
    await button(page, say('admin.sessions')).click()
    await expect(dialog.locator('tbody tr')).toHaveCount(1)
    await check()
    await button(dialog, say('admin.signOut')).click()
    await expect(dialog).toContainText(say('admin.noSessions'))
    await button(dialog, say('shell.close')).click()
    await other.reload()
    await expect(other.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
    await other.close()

    await openMenu(page, say, look)
    await button(page.locator('.account'), say('signIn.out')).click()
    await expect(page.getByRole('heading', { name: say('signIn.title') })).toBeVisible()
    await page.getByLabel(say('signIn.name'), { exact: true }).fill('admin')
    await page.getByLabel(say('signIn.password'), { exact: true }).fill(PASSWORD)
    await button(page, say('signIn.go')).click()
    await settled(page)
    await page.close()
    await server.end()
    // The browser tells of each 401, which is what was to be seen here.
    expect(errors.splice(0).every((e) => e.includes('401'))).toBe(true)
  })
}
