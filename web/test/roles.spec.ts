// Each role, in both languages, wide and narrow: every page that is offered opens without a refusal
// and is accessible, and nothing else is offered. A picture of each is kept.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { LOOKS, SCREENS, SIZES, goTo, wear, widthOf } from './looks'
import { rows } from './own'
import { accessible, expect, settled, test } from './page'
import { Server, binary } from './server'

const ALWAYS = ['today', 'funnel', 'leads', 'load', 'expiry']
const ALL = [...ALWAYS, 'channels', 'policy', 'imports', 'status', 'admin']

const ROLES = [
  ['admin', ['--everything'], ALL],
  ['analyst', ['--everything'], [...ALWAYS, 'channels', 'policy']],
  ['read_only', ['--everything'], [...ALWAYS, 'channels', 'policy']],
  ['region_manager', ['--market', 'UAE'], [...ALWAYS, 'policy']],
  ['dealer_manager', ['--dealer', 'Marina'], [...ALWAYS, 'policy']],
  ['sales', ['--owner', 'sara', '--dealer', 'Marina'], ALWAYS],
] as const
const ACTS = ['admin', 'region_manager', 'dealer_manager', 'sales']
const TRIES = ['admin', 'analyst']

/** One network for the tests of a worker: each adds a person, and changes nothing else. */
const it = test.extend<object, { network: Server }>({
  network: [
    async ({}, provide) => {
      const server = new Server()
      await server.start()
      await server.send(rows())
      await server.stop()
      await server.start(0, 'on')
      await provide(server)
      await server.end()
    },
    { scope: 'worker' },
  ],
})

/** Adds a person; the link by which they sign in. */
function add(server: Server, name: string, role: string, scope: readonly string[]): string {
  const db = ['--db', join(server.folder, 'db'), '--url', server.url]
  const told = execFileSync(binary, ['user', 'add', name, '--role', role, ...scope, ...db], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return /http:\S+/.exec(told.toString())?.[0] ?? ''
}

for (const [role, scope, pages] of ROLES) {
  for (const look of LOOKS) {
    const { language, size } = look
    it(`what is offered to ${role} opens, ${look.name}`, async ({ page, network, errors }) => {
      const say = await wear(page, look)
      const whole = async (name: string) => {
        await settled(page)
        await expect(page.getByRole('alert'), name).toHaveCount(0)
        expect(await widthOf(page)).toBeLessThanOrEqual(SIZES[size].width)
        await accessible(page)
        await page.screenshot({ path: `${SCREENS}/roles/${role}-${name}-${language}-${size}.png` })
      }
      await page.goto(add(network, `${role}-${language}-${size}`, role, scope))
      await page.getByRole('button', { name: say('signIn.go') }).click()
      await settled(page)
      // Nobody was in yet: the browser told of the 401.
      expect(errors.splice(0).every((e) => e.endsWith('/api/v1/session'))).toBe(true)
      // Behind a button on a narrow screen, and there all the same.
      const offered = page.locator('nav').getByRole('link', { includeHidden: true })
      await expect(offered).toHaveText(pages.map((name) => say(`pages.${name}`)))
      const first = await page.locator('.q-scroll .q-row .mono').first().innerText()
      for (const name of pages) {
        await goTo(page, say, look, name)
        await whole(name)
      }
      await page.goto(`${network.url}/#/lead/${first}`)
      await expect(page.locator('h1')).toContainText('Person')
      await whole('lead')
      const lost = page.getByRole('button', { name: say('actions.lost') })
      await expect(lost).toHaveCount(ACTS.includes(role) ? 1 : 0)
      if (pages.includes('policy')) {
        await goTo(page, say, look, 'policy')
        await settled(page)
        const tries = TRIES.includes(role)
        await expect(page.getByLabel(say('policy.key.hot'))).toBeEnabled({ enabled: tries })
        const whatIf = page.getByRole('button', { name: say('policy.whatIf') })
        await expect(whatIf).toHaveCount(tries ? 1 : 0)
        // Who may only look sees every part of it.
        await page.getByRole('button', { name: say('policy.section.calendars') }).click()
        await expect(page.getByLabel(say('policy.duration'))).toBeEnabled({ enabled: tries })
      }
      expect(errors).toEqual([])
      // What is not offered is refused, and says so.
      for (const name of ALL.filter((each) => !(pages as readonly string[]).includes(each))) {
        await page.goto(`${network.url}/#/${name}`)
        await expect(page.locator('main .notice').first(), name).toBeVisible()
      }
      expect(errors.splice(0).every((e) => e.includes('403'))).toBe(true)
    })
  }
}
