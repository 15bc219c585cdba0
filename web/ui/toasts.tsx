// Toasts: what was done, for some seconds, with its undo. Read out where it does not disturb.
import { useSyncExternalStore } from 'react'

interface Toast {
  id: number
  text: string
  undo?: { label: string; run: () => void }
}

const SHOWN_MS = 8_000

let toasts: readonly Toast[] = []
let last = 0
const listeners = new Set<() => void>()

function become(next: readonly Toast[]): void {
  toasts = next
  listeners.forEach((tell) => tell())
}

export function toast(text: string, undo?: Toast['undo']): void {
  const id = ++last
  become([...toasts.slice(-2), { id, text, ...(undo ? { undo } : {}) }])
  setTimeout(() => become(toasts.filter((t) => t.id !== id)), SHOWN_MS)
}

/** The undo of the newest toast that has one; true if there was one. */
export function undoLast(): boolean {
  const found = [...toasts].reverse().find((t) => t.undo)
  if (!found?.undo) return false
  become(toasts.filter((t) => t.id !== found.id))
  found.undo.run()
  return true
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => toasts,
  )
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((t) => (
        <div key={t.id} className="toast">
          <span>{t.text}</span>
          {t.undo && (
            <button
              type="button"
              onClick={() => {
                become(toasts.filter((other) => other.id !== t.id))
                t.undo?.run()
              }}
            >
              {t.undo.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
