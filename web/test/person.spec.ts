// One customer's data: looked up, taken along, erased with a typed confirmation; figures stay.
import { readFileSync } from 'node:fs'
import { EXTREMES, goTo, wear } from './looks'
import { it } from './own'
import { accessible, expect, open } from './page'

const EMAIL = 'noura@example.com'

for (const look of EXTREMES) {
  it(`a person is found, taken along and erased; figures stay, ${look.name}`, async ({
    page,
    server,
  }) => {
    const say = await wear(page, look)
    await server.send([{ type: 'lead', lead_id: 'L-05', name: 'Noura', email: EMAIL }])
    await server.json('/api/v1/leads/L-05/actions', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'a-note-of-noura' },
      body: JSON.stringify({ kind: 'note', text: 'Noura prefers mornings' }),
    })
    const funnel = async () => (await server.json<{ items: object[] }>('/api/v1/funnel')).items
    const before = await funnel()

    await open(page, '#/today', server.url)
    await goTo(page, say, look, 'admin')
    await page.getByRole('button', { name: say('admin.section.person') }).click()
    await page.getByLabel(say('person.kind.email'), { exact: true }).fill('nobody@example.com')
    await page.getByRole('button', { name: say('person.find'), exact: true }).click()
    await expect(page.getByText(say('person.nobody'))).toBeVisible()
    await page.getByLabel(say('person.kind.email'), { exact: true }).fill(EMAIL)
    await page.getByRole('button', { name: say('person.find'), exact: true }).click()
    await expect(page.locator('main .panel', { hasText: 'L-05' }).first()).toBeVisible()
    await expect(page.locator('main')).toContainText('Noura')
    await accessible(page)

    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: say('person.download') }).click()
    const file = readFileSync(await (await download).path(), 'utf8')
    expect(file).toContain('Noura prefers mornings')
    expect((JSON.parse(file) as { leads: { email: string }[] }).leads[0]?.email).toBe(EMAIL)

    await page.getByRole('button', { name: say('person.erase') }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText(say('person.stays'))
    const erase = dialog.getByRole('button', { name: say('person.erase') })
    await expect(erase).toBeDisabled()
    await dialog.getByRole('textbox').fill('noura')
    await expect(erase).toBeDisabled()
    await accessible(page)
    await dialog.getByRole('textbox').fill(EMAIL)
    await erase.click()
    await expect(dialog.locator('tbody tr')).toContainText('L-05')
    await dialog.getByRole('button', { name: say('shell.close') }).click()

    await page.getByLabel(say('person.by'), { exact: true }).selectOption('lead_id')
    await page.getByLabel(say('person.kind.lead_id'), { exact: true }).fill('L-05')
    await page.getByRole('button', { name: say('person.find'), exact: true }).click()
    await expect(page.locator('.panel', { hasText: 'L-05' })).toContainText(
      say('person.erasedAt', { at: '' }).trim(),
    )
    await expect(page.locator('main')).not.toContainText('Noura')
    await open(page, '#/lead/L-05', server.url)
    await expect(page.locator('main')).not.toContainText('Noura')
    expect(await funnel()).toEqual(before)
  })
}
