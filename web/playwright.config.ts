import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test',
  globalSetup: './test/network.ts',
  outputDir: 'test-results',
  // Generous: the program may be one with sanitizers, on a busy machine. Nothing waits this long.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  workers: 2,
  // CI's machine may stall for longer than any wait; what passed only then is told as flaky.
  retries: Number(process.env['PURSUIT_BROWSER_RETRIES'] ?? 0),
  fullyParallel: true,
  reporter: 'line',
  use: {
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
    locale: 'en-GB',
    timezoneId: 'Asia/Dubai',
  },
})
