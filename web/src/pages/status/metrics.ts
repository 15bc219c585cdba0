// What the service counts about itself, out of its text for monitors.
import { useQuery } from '@tanstack/react-query'
import { ApiError } from '@/data/client'

const EVERY_MS = 5_000

/** Samples by name; those of several labels added up. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const all = new Map<string, number>()
  for (const line of text.split('\n')) {
    const found = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line)
    const value = Number(found?.[2])
    if (found?.[1] && !Number.isNaN(value)) all.set(found[1], (all.get(found[1]) ?? 0) + value)
  }
  return all
}

export const useMetrics = () =>
  useQuery({
    queryKey: ['metrics'],
    refetchInterval: EVERY_MS,
    queryFn: async ({ signal }) => {
      const response = await fetch('/metrics', { signal, credentials: 'same-origin' })
      if (!response.ok) throw new ApiError(response.status, undefined)
      return readMetrics(await response.text())
    },
  })
