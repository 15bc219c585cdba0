// Keys: one letter, while nobody writes into a field.
import { useEffect, useRef } from 'react'

export type Keys = Record<string, (event: KeyboardEvent) => void>

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** While a dialog is open the keys of the page below it rest. */
const isCovered = (): boolean => document.querySelector('[role="dialog"]') !== null

export function useKeys(keys: Keys): void {
  const current = useRef(keys)
  useEffect(() => {
    current.current = keys
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isWriting(event.target) || isCovered()) return
      // On a button or link, Enter and Space are its own.
      const own = event.target instanceof HTMLElement && event.target.closest('a, button')
      if (own && (event.key === 'Enter' || event.key === ' ')) return
      const run = current.current[event.key]
      if (run) {
        event.preventDefault()
        run(event)
      }
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}
