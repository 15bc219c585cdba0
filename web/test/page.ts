// What every browser test shares: a page that fails its test on any error in the console.
import { readFileSync } from 'node:fs'
import { type Page, test as base, expect } from '@playwright/test'
import axe from 'axe-core'

export const url = (): string => process.env['PURSUIT_URL'] ?? ''

/** The words of a language, by the path of a message. */
export function wordsOf(language: 'en' | 'ar'): (path: string) => string {
  const file = new URL(`../src/i18n/${language}.json`, import.meta.url)
  const all: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return (path) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], all)
    if (typeof found !== 'string') throw new Error(`no message ${path}`)
    return found
  }
}

interface Preferences {
  language?: 'en' | 'ar'
  theme?: 'light' | 'dark'
}

export async function prefer(page: Page, preferences: Preferences): Promise<void> {
  await page.addInitScript((chosen) => {
    if (localStorage.getItem('pursuit.preferences') === null) {
      localStorage.setItem('pursuit.preferences', JSON.stringify(chosen))
    }
  }, preferences)
}

/** Opens an address and waits until nothing on it is still being loaded. */
export async function open(page: Page, hash: string, at = url()): Promise<void> {
  await page.goto(`${at}/${hash}`)
  await settled(page)
}

/** What has been painted, or heard of, by now is told in a later frame. */
export const frames = (page: Page) =>
  page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )

/** What a click or another address asked for is drawn, and nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  // The page hears of another address in a task of its own, and until then is that of before.
  await frames(page)
  await expect(page.locator('#main:not([aria-busy="true"])')).toBeVisible()
  await expect(page.locator('#main [aria-busy="true"]')).toHaveCount(0)
  await expect(page.locator('#main .skeleton')).toHaveCount(0)
  await expect(
    page.locator('#main :is(table, .notice, dl, .q-row, .panel form)').first(),
  ).toBeVisible()
}

/** The whole page, or what `within` selects of it. */
export async function accessible(page: Page, within = 'html'): Promise<void> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async (selector) => {
    const { axe: run } = window as unknown as { axe: typeof axe }
    const { violations } = await run.run(selector, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
  }, within)
  expect(found).toEqual([])
}

export const test = base.extend<{ errors: string[] }>({
  errors: [
    async ({ page }, provide) => {
      const errors: string[] = []
      page.on('console', (message) => {
        if (message.type() !== 'error') return
        errors.push(`${message.text()} ${message.location().url}`)
      })
      page.on('pageerror', (error) => errors.push(error.message))
      await provide(errors)
      expect(errors).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }
