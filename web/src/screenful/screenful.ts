// Which rows of a long table are drawn: those on the screen and some around them, and the one that
// has the focus wherever it is. On paper, and of a short table, all of them.
import { type Range, defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { usePrinting } from './printing'

/** So many rows cost no more than the bookkeeping. */
const FEW = 60
const OVERSCAN = 12
/** Until a row was seen. */
const USUAL_PX = 30

export interface Place {
  index: number
  /** Of the rows left out before it. */
  gap_px: number
}

interface Drawn {
  index: number
  start: number
  end: number
}

/** The rows that are drawn, in order, with the gaps before them and after the last. */
export function placesOf(
  drawn: readonly Drawn[],
  top_px: number,
  whole_px: number,
): { places: Place[]; rest_px: number } {
  let end = top_px
  const places = drawn.map((row) => {
    const gap_px = row.start - end
    end = row.end
    return { index: row.index, gap_px }
  })
  return { places, rest_px: top_px + whole_px - end }
}

export function useScreenful(count: number) {
  const isWhole = usePrinting() || count <= FEW
  const body = useRef<HTMLTableSectionElement>(null)
  const [top_px, setTop] = useState(0)
  const [row_px, setRow] = useState(USUAL_PX)
  const [focused, setFocused] = useState<number | null>(null)
  // What stands above the table changes its height now and then; the page is then as high as that.
  useLayoutEffect(() => {
    const look = () => {
      const box = body.current?.getBoundingClientRect()
      if (box) setTop(Math.round(box.top + window.scrollY))
      const row = body.current?.querySelector('tr[data-index]')
      if (row) setRow(row.getBoundingClientRect().height)
    }
    look()
    const watch = new ResizeObserver(look)
    watch.observe(document.body)
    return () => watch.disconnect()
  }, [])
  const rows = useWindowVirtualizer({
    count,
    enabled: !isWhole,
    estimateSize: () => row_px,
    overscan: OVERSCAN,
    scrollMargin: top_px,
    rangeExtractor: useCallback(
      (range: Range) => {
        const seen = defaultRangeExtractor(range)
        if (focused === null) return seen
        // With its neighbours, to which the next key may go.
        const kept = [focused - 1, focused, focused + 1].filter((i) => i >= 0 && i < count)
        return [...new Set([...seen, ...kept])].sort((a, b) => a - b)
      },
      [focused, count],
    ),
  })
  // Rows not seen yet are as high as the first, so that nothing moves when they are.
  useLayoutEffect(() => rows.measure(), [rows, row_px])
  const keep = (event: FocusEvent) => {
    // Where the focus goes to, before the row that it leaves is no longer drawn.
    const to = event.type === 'focus' ? event.target : event.relatedTarget
    const row = body.current?.contains(to) ? to?.closest('tr') : null
    setFocused(row ? Number(row.dataset['index']) : null)
  }
  const { places, rest_px } = isWhole
    ? { places: Array.from({ length: count }, (_, index) => ({ index, gap_px: 0 })), rest_px: 0 }
    : placesOf(rows.getVirtualItems(), top_px, rows.getTotalSize())
  return { body, places, rest_px, measure: isWhole ? undefined : rows.measureElement, keep }
}
