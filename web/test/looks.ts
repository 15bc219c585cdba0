// The languages and sizes of screen that everything is tested in.
import { type Page, expect } from '@playwright/test'
import { prefer, wordsOf } from './page'

export const SCREENS = '../out/screenshots'

export const SIZES = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  wall: { width: 3840, height: 2160 },
} as const

export interface Look {
  name: string
  language: 'en' | 'ar'
  size: keyof typeof SIZES
}

export const LOOKS: readonly Look[] = (['en', 'ar'] as const).flatMap((language) =>
  (['desktop', 'phone'] as const).map((size) => ({ name: `${language}, ${size}`, language, size })),
)

/** Screens on which pages are read, and nothing else is tried. */
export const READ_ONLY_LOOKS: readonly Look[] = [
  { name: 'ar, tablet', language: 'ar', size: 'tablet' },
  { name: 'en, wall', language: 'en', size: 'wall' },
]

/** The two that differ in everything. */
export const EXTREMES = LOOKS.filter(
  ({ language, size }) => (language === 'en') === (size === 'desktop'),
)

/** Words with values put in, as the catalogue has them between braces. */
export type Say = (path: string, values?: Record<string, string | number>) => string

/** Makes the page look so; the words that it then has. */
export async function wear(
  page: Page,
  { language, size }: Look,
  theme: 'light' | 'dark' = 'light',
): Promise<Say> {
  await page.setViewportSize(SIZES[size])
  await prefer(page, { language, theme })
  const words = wordsOf(language)
  return (path, values = {}) =>
    Object.entries(values).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, String(value)),
      words(path),
    )
}

/** Nothing sticks out to the side. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth)
}

/** The pages and the account are to be seen; a narrow screen has them behind a button. */
export async function openMenu(page: Page, say: Say, { size }: Look): Promise<void> {
  if (size === 'phone') await page.getByRole('button', { name: say('shell.menu') }).click()
}

/** Goes to a page by the navigation, and is there. */
export async function goTo(page: Page, say: Say, look: Look, name: string): Promise<void> {
  await openMenu(page, say, look)
  const words = say(`pages.${name}`)
  await page.getByRole('navigation').getByRole('link', { name: words, exact: true }).click()
  await expect(page.locator('nav [aria-current="page"]')).toHaveText(words)
}
