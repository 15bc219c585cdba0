// Measures, one page at a time: whatever else runs would be measured, too.
import { defineConfig } from '@playwright/test'
import suite from '../playwright.config'

const { reporter = 'line', use = {} } = suite

export default defineConfig({
  reporter,
  // A page that does not work is told of soon.
  use: { ...use, actionTimeout: 60_000 },
  testDir: '.',
  testMatch: '*.bench.ts',
  outputDir: '../test-results/bench',
  timeout: 1_800_000,
  workers: 1,
})
