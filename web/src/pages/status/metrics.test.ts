import { expect, test } from 'vitest'
import { readMetrics } from './metrics'

test('samples are read, those of labels added up, words around them passed over', () => {
  const text = [
    '# HELP pursuit_store_errors_total Failed writes',
    '# TYPE pursuit_store_errors_total counter',
    'pursuit_store_errors_total{kind="busy"} 2',
    'pursuit_store_errors_total{kind="other"} 1',
    'pursuit_engine_bytes 1.5e+06',
    'not a sample',
  ].join('\n')
  expect([...readMetrics(text)]).toEqual([
    ['pursuit_store_errors_total', 3],
    ['pursuit_engine_bytes', 1_500_000],
  ])
})
