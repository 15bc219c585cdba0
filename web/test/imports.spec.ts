// Import: files dropped, columns named, tried, taken in, its rejects fetched, and taken back.
import { readFileSync } from 'node:fs'
import { LOOKS, wear } from './looks'
import { accessible, expect, open, test } from './page'
import { Server } from './server'

const FILE = [
  'Case ID,Created Date,Market,Dealership,Model,Salesperson,Shoe size',
  'C-1,2026-05-01T09:00:00Z,UAE,Marina,Terra,sara,41',
  'C-2,2026-05-02T09:00:00Z,UAE,Marina,Terra,sara,42',
  'C-3,not a date,KSA,Riyadh North,Luna,omar,43',
].join('\n')

for (const look of LOOKS) {
  test(`a file is brought in and taken back, ${look.name}`, async ({ page }) => {
    const say = await wear(page, look)
    const server = new Server()
    await server.start()
    await open(page, '#/imports', server.url)

    const transfer = await page.evaluateHandle((text) => {
      const data = new DataTransfer()
      data.items.add(new File([text], 'crm-export.csv', { type: 'text/csv' }))
      return data
    }, FILE)
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer })

    // What it does not know by name is said by hand.
    const meaning = (column: string) =>
      page.getByLabel(say('imports.meaningOf', { column }), { exact: true })
    await meaning('Case ID').selectOption('lead_id')
    await meaning('Created Date').selectOption('created_at')
    await meaning('Market').selectOption('region')
    await meaning('Dealership').selectOption('dealer')
    await meaning('Model').selectOption('nameplate')
    await meaning('Salesperson').selectOption('owner')
    await expect(meaning('Shoe size')).toHaveValue('')
    await accessible(page)

    const run = page.getByRole('button', { name: say('imports.run') })
    await expect(run).toBeDisabled()
    await page.getByRole('button', { name: say('imports.check') }).click()
    const outcome = page.locator('.panel', {
      has: page.getByRole('columnheader', { name: say('imports.reason') }),
    })
    await expect(outcome.locator('tbody tr')).toHaveCount(1)
    await expect(outcome).toContainText('not a date')
    await expect(outcome.locator('h2')).toContainText('crm-export.csv')
    await accessible(page)
    expect((await server.json<{ leads: number }>('/api/v1/facets')).leads).toBe(0)

    await run.click()
    const row = page.locator('tbody tr', { hasText: 'crm-export.csv' })
    await expect(row).toContainText(say('imports.state.done'))
    await expect(row.locator('td').nth(5)).toHaveText('2')
    expect((await server.json<{ leads: number }>('/api/v1/facets')).leads).toBe(2)

    const download = page.waitForEvent('download')
    await row.getByRole('link', { name: '1' }).click()
    const rejects = readFileSync(await (await download).path(), 'utf8')
    expect(rejects).toContain('not a date')

    await row.getByRole('button', { name: say('actions.undo') }).click()
    await expect(row).toContainText(say('imports.state.undone'))
    expect((await server.json<{ leads: number }>('/api/v1/facets')).leads).toBe(0)
    await page.close()
    await server.end()
  })
}
