// A chart: loaded when the first one is shown, drawn in the page's own colours, mirrored with the
// line of reading, and told in words for who does not see it.
import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { useEffect, useRef, useState } from 'react'
import { Skeleton } from '@ui/blocks'
import { useText } from '@/i18n'

export interface Look {
  ink: string
  soft: string
  rule: string
  surface: string
  series: readonly string[]
  isRtl: boolean
  font: string
}

function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: read('--ink'),
    soft: read('--ink-3'),
    rule: read('--rule'),
    surface: read('--raised'),
    series: ['--part-conversion', '--part-recency', '--part-stage', '--part-assessment'].map(read),
    isRtl: document.documentElement.dir === 'rtl',
    font: style.fontFamily,
  }
}

interface Props {
  /** What it shows, in words. */
  label: string
  height?: number
  option: (look: Look) => EChartsCoreOption
  onPick?: (series: string, name: string) => void
}

export function Chart({ label, height = 240, option, onPick }: Props) {
  const t = useText()
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  const pick = useRef(onPick)
  const [isReady, setReady] = useState(false)
  useEffect(() => {
    pick.current = onPick
  })
  useEffect(() => {
    let isGone = false
    let stop = (): void => undefined
    void import('./engine').then(({ init }) => {
      if (isGone || !box.current) return
      const made = init(box.current)
      chart.current = made
      made.on('click', (e) => pick.current?.(e.seriesName ?? '', e.name))
      const resize = new ResizeObserver(() => made.resize())
      resize.observe(box.current)
      setReady(true)
      stop = () => {
        resize.disconnect()
        made.dispose()
      }
    })
    return () => {
      isGone = true
      stop()
    }
  }, [])
  useEffect(() => {
    const draw = () => {
      if (box.current) chart.current?.setOption(option(lookOf(box.current)), true)
    }
    if (!isReady) return
    draw()
    // Another theme or language: other colours, another side.
    const watch = new MutationObserver(draw)
    watch.observe(document.documentElement, { attributeFilter: ['data-theme', 'dir'] })
    return () => watch.disconnect()
  }, [isReady, option])
  const save = () => {
    const link = document.createElement('a')
    link.href = chart.current?.getDataURL({ pixelRatio: 2, backgroundColor: '#fff' }) ?? ''
    link.download = 'chart.png'
    link.click()
  }
  return (
    <figure className="chart">
      {!isReady && <Skeleton lines={4} />}
      <div ref={box} role="img" aria-label={label} style={{ blockSize: height }} hidden={false} />
      <figcaption className="row no-print">
        <span className="muted grow">{label}</span>
        <button type="button" className="button quiet" onClick={save}>
          PNG<span className="hidden-visually"> {t('export.chart')}</span>
        </button>
      </figcaption>
    </figure>
  )
}
