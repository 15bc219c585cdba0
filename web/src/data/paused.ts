// A value that is typed, once the typing rests: so that not every letter asks the server.
import { useEffect, useState } from 'react'

export function usePaused<T>(value: T, pause_ms: number): T {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pause_ms)
    return () => clearTimeout(timer)
  }, [value, pause_ms])
  return paused
}
