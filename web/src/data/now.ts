// The present, as far as a page shows it: of the clock, or the instant that the address names.
import { useEffect, useState } from 'react'
import { useRoute } from './route'

const STEP_MS = 30_000

export function useNow(): number {
  const as_of = useRoute().query.get('as_of')
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), STEP_MS)
    return () => clearInterval(timer)
  }, [])
  return as_of ? Date.parse(as_of) : now
}
