import { describe, expect, it } from 'vitest'
import { placesOf } from './screenful'

const row = (index: number) => ({ index, start: 100 + index * 30, end: 130 + index * 30 })

describe('placesOf', () => {
  it('leaves room for what is not drawn before, between and after', () => {
    const { places, rest_px } = placesOf([row(2), row(10), row(11)], 100, 20 * 30)
    expect(places).toEqual([
      { index: 2, gap_px: 60 },
      { index: 10, gap_px: 7 * 30 },
      { index: 11, gap_px: 0 },
    ])
    expect(rest_px).toBe(8 * 30)
  })

  it('leaves none where all is drawn', () => {
    const { places, rest_px } = placesOf([row(0), row(1)], 100, 60)
    expect(places.map((p) => p.gap_px)).toEqual([0, 0])
    expect(rest_px).toBe(0)
  })

  it('is all room before anything is drawn', () => {
    expect(placesOf([], 100, 600)).toEqual({ places: [], rest_px: 600 })
  })
})
