// A walk: what somebody does, in both languages and on both sizes of screen, each time against a
// server of its own. Whatever opens on the way is accessible and fits the screen.
import { type BrowserContext, type Locator, type Page } from '@playwright/test'
import { LOOKS, type Look, SIZES, type Say, wear, widthOf } from './looks'
import { it } from './own'
import { accessible, expect } from './page'
import type { Server } from './server'

export interface Walk {
  page: Page
  context: BrowserContext
  server: Server
  /** What the console told of; a walk takes out what it meant to cause. */
  errors: string[]
  say: Say
  look: Look
  /** What is on the screen now, or a part of it, is accessible, and nothing sticks out. */
  check: (within?: string) => Promise<void>
}

export function checkOf(page: Page, look: Look): Walk['check'] {
  return async (within) => {
    // What the bar at the top half covers would count as too small to hit.
    if (!within) await page.evaluate(() => window.scrollTo(0, 0))
    await accessible(page, within)
    expect(await widthOf(page)).toBeLessThanOrEqual(SIZES[look.size].width)
  }
}

export function walk(name: string, go: (walk: Walk) => Promise<void>): void {
  for (const look of LOOKS) {
    it(`${name}, ${look.name}`, async ({ page, context, server, errors }) => {
      const say = await wear(page, look)
      await go({ page, context, server, errors, say, look, check: checkOf(page, look) })
    })
  }
}

/** A button by its words; of several the first. */
export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true }).first()
