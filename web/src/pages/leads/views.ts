// Saved views: names for addresses, kept in this browser.
import { useState } from 'react'

export interface SavedView {
  name: string
  hash: string
}
const KEY = 'pursuit.views'

function read(): SavedView[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(list) ? (list as SavedView[]) : []
  } catch {
    return []
  }
}

export function useViews() {
  const [views, setViews] = useState(read)
  const keep = (next: SavedView[]) => {
    setViews(next)
    try {
      localStorage.setItem(KEY, JSON.stringify(next))
    } catch {
      // Without storage they last as long as the page.
    }
  }
  return {
    views,
    save: (name: string, hash: string) =>
      keep([...views.filter((v) => v.name !== name), { name, hash }]),
    remove: (name: string) => keep(views.filter((v) => v.name !== name)),
  }
}
