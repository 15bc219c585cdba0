// What the API says of the network that all tests share, as of one instant, and how pages write it.
import { expect, url } from './page'

/** A day ago: the figures stand still, and leads are open. */
export const AS_OF = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)

/** A channel as the API tells of it. */
export interface Channel {
  channel: string
  leads: number
  volume_share: number
  closed: number
  won: number
  rate: number
  smoothed_rate: number
  cost: number | null
  cost_per_won: number | null
  revenue: number | null
  return_on_cost: number | null
}

type Json = Record<string, never> & { [key: string]: never }
export async function ask<T = Json>(path: string): Promise<T> {
  const mark = path.includes('?') ? '&' : '?'
  const answer = await fetch(`${url()}/api/v1/${path}${mark}as_of=${AS_OF}`)
  expect(answer.ok).toBe(true)
  return (await answer.json()) as T
}

const written = (options: Intl.NumberFormatOptions) => {
  const { format } = new Intl.NumberFormat('en-GB', options)
  return (n: number): string => format(n)
}
export const whole = written({ maximumFractionDigits: 0 })
export const percent = written({ style: 'percent', maximumFractionDigits: 0 })
export const percent1 = written({ style: 'percent', maximumFractionDigits: 1 })

/** What is not known is a dash. */
export const or = (n: number | null, write: (n: number) => string): string =>
  n === null ? '–' : write(n)
