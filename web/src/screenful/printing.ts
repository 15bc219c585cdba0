// Whether the page is being printed: what is drawn row by row as it is scrolled to is then drawn
// whole.
import { useSyncExternalStore } from 'react'

const MEDIA = 'print'

export function usePrinting(): boolean {
  return useSyncExternalStore(
    (tell) => {
      const media = matchMedia(MEDIA)
      media.addEventListener('change', tell)
      return () => media.removeEventListener('change', tell)
    },
    () => matchMedia(MEDIA).matches,
  )
}
