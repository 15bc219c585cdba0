// Lines over time, as an option of the chart library.
import type { EChartsCoreOption } from 'echarts/core'
import type { Look } from './Chart'

export interface Line {
  name: string
  values: readonly (number | null)[]
}

/** What every chart of lines has: where things stand, and how they look. */
function frame(look: Look, value: (value: number) => string) {
  return {
    animation: false,
    color: [...look.series],
    textStyle: { fontFamily: look.font, color: look.ink },
    grid: { top: 34, bottom: 28, left: look.isRtl ? 14 : 56, right: look.isRtl ? 56 : 14 },
    legend: {
      top: 0,
      [look.isRtl ? 'right' : 'left']: 0,
      icon: 'roundRect',
      itemHeight: 3,
      itemWidth: 16,
      textStyle: { color: look.ink },
    },
    tooltip: {
      trigger: 'axis',
      // Drawn, not written as HTML: the content policy allows no inline style.
      renderMode: 'richText',
      backgroundColor: look.surface,
      borderColor: look.rule,
      textStyle: { color: look.ink, fontSize: 12 },
      valueFormatter: (v: unknown) => (typeof v === 'number' ? value(v) : '–'),
    },
    yAxis: {
      type: 'value',
      position: look.isRtl ? 'right' : 'left',
      splitNumber: 4,
      axisLabel: { color: look.soft, formatter: value },
      splitLine: { lineStyle: { color: look.rule } },
    },
  }
}

const xAxis = (look: Look) => ({
  inverse: look.isRtl,
  axisLine: { lineStyle: { color: look.rule } },
  axisTick: { show: false },
})

/** Lines over named days, one value of each line for each day; days that are off are shaded. */
export function lines(
  look: Look,
  days: readonly string[],
  series: readonly Line[],
  write: { day: (day: string) => string; value: (value: number) => string },
  isOff?: (day: string) => boolean,
): EChartsCoreOption {
  return {
    ...frame(look, write.value),
    xAxis: {
      ...xAxis(look),
      type: 'category',
      data: days,
      ...(isOff && {
        splitArea: {
          show: true,
          interval: 0,
          areaStyle: {
            color: days.map((d) => (isOff(d) ? look.rule : 'transparent')),
            opacity: 0.5,
          },
        },
      }),
      axisLabel: { color: look.soft, formatter: write.day, hideOverlap: true },
    },
    series: series.map((line, i) => ({
      type: 'line',
      name: line.name,
      data: line.values,
      showSymbol: false,
      symbolSize: 7,
      connectNulls: false,
      lineStyle: { width: 1.75, type: i < 2 ? 'solid' : i === 2 ? 'dashed' : 'dotted' },
      triggerLineEvent: true,
    })),
  }
}

export interface TimeLine {
  name: string
  values: readonly (readonly [at: string, value: number | null])[]
  /** What others are held against: thin, and not in the first colour. */
  isLimit?: boolean
}

/** Lines through instants of their own. */
export function timeLines(
  look: Look,
  series: readonly TimeLine[],
  write: { time: (at: number) => string; value: (value: number) => string },
): EChartsCoreOption {
  return {
    ...frame(look, write.value),
    xAxis: {
      ...xAxis(look),
      type: 'time',
      splitNumber: 4,
      axisLabel: { color: look.soft, formatter: write.time, hideOverlap: true },
    },
    series: series.map((line) => ({
      type: 'line',
      name: line.name,
      data: line.values,
      showSymbol: false,
      connectNulls: false,
      lineStyle: line.isLimit ? { width: 1, type: 'dashed' } : { width: 1.75 },
    })),
  }
}
