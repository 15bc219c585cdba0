// The stages of the funnel, in order, as the policy has them.
import { useMemo } from 'react'
import { useFunnel } from './queries'

/** Open stages, first to last; empty until they are known. */
export function useStages(): readonly string[] {
  const funnel = useFunnel()
  const items = funnel.data?.items
  return useMemo(() => (items ?? []).slice(0, -1).map((row) => row.stage), [items])
}
