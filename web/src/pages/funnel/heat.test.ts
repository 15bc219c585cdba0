import { expect, test } from 'vitest'
import type { Cell } from '@/data/client'
import { heat } from './Heatmap'

const cell = (p90_hours: number | null, compliance: number | null = null) =>
  ({ p90_hours, median_hours: p90_hours, compliance }) as Cell

test('a cell is coloured against its stage as a whole', () => {
  const whole = cell(100)
  const steps = [50, 100, 120, 150, 400].map((h) => heat(cell(h), whole, 'p90'))
  expect(steps).toEqual([0, 1, 2, 3, 4])
})

test('compliance is coloured by itself', () => {
  const steps = [1, 0.8, 0.6, 0.4, 0.1].map((c) => heat(cell(1, c), undefined, 'compliance'))
  expect(steps).toEqual([0, 1, 2, 3, 4])
})

test('what cannot be compared has no colour', () => {
  expect(heat(cell(null), cell(100), 'p90')).toBeNull()
  expect(heat(cell(10), undefined, 'p90')).toBeNull()
  expect(heat(cell(10), cell(100), 'compliance')).toBeNull()
})
