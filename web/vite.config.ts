import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const folder = (path: string) => new URL(path, import.meta.url).pathname

export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: { alias: { '@ui': folder('./ui'), '@': folder('./src') } },
  build: {
    target: 'es2022',
    // A strict Content-Security-Policy has no room for data: scripts or inline styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': process.env['PURSUIT_URL'] ?? 'http://127.0.0.1:8080' } },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'ui/**/*.test.{ts,tsx}'],
    environment: 'happy-dom',
    pool: 'threads',
  },
})
