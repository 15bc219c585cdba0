// Starts the page: the language first, so that nothing is shown in the wrong one.
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nProvider } from 'react-aria-components'
import { IntlProvider } from 'use-intl'
import { askAhead } from './data/ahead'
import { queryClient } from './data/queries'
import { readRoute } from './data/route'
import {
  type Language,
  type Messages,
  languageNow,
  loadMessages,
  localeOf,
  usePreferences,
} from './i18n'
import { Gate } from './session/Gate'
import { prefetchSession } from './session/session'
import { preload } from './shell/pages'
import { Shell } from './shell/Shell'
import '@ui/tokens.css'
import '@ui/base.css'
import '@ui/controls.css'
import '@ui/blocks.css'
import './shell/shell.css'
import '@ui/print.css'

function useTheme(theme: 'auto' | 'light' | 'dark'): void {
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const set = () => {
      const isDark = theme === 'dark' || (theme === 'auto' && dark.matches)
      document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
    }
    set()
    dark.addEventListener('change', set)
    return () => dark.removeEventListener('change', set)
  }, [theme])
}

function App({ first }: { first: { language: Language; messages: Messages } }) {
  const preferences = usePreferences()
  const [loaded, setLoaded] = useState(first)
  useTheme(preferences.theme)
  useEffect(() => {
    let stale = false
    void loadMessages(preferences.language).then((messages) => {
      if (!stale) setLoaded({ language: preferences.language, messages })
    })
    return () => {
      stale = true
    }
  }, [preferences.language])
  useEffect(() => {
    document.documentElement.lang = loaded.language
    document.documentElement.dir = loaded.language === 'ar' ? 'rtl' : 'ltr'
  }, [loaded.language])
  return (
    <I18nProvider locale={loaded.language === 'ar' ? 'ar-AE' : 'en-GB'}>
      <IntlProvider
        locale={localeOf({ ...preferences, language: loaded.language })}
        messages={loaded.messages}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        <QueryClientProvider client={queryClient}>
          <Gate>
            <Shell />
          </Gate>
        </QueryClientProvider>
      </IntlProvider>
    </I18nProvider>
  )
}

async function start(): Promise<void> {
  const language = languageNow()
  // Not one after the other: who is in, the page of the address, the words.
  const route = readRoute(location.hash)
  void prefetchSession(queryClient).then((isIn) => {
    if (isIn) askAhead(queryClient, route)
  })
  preload(route.page)
  const messages = await loadMessages(language)
  const root = document.getElementById('root')
  if (root) {
    createRoot(root).render(
      <StrictMode>
        <App first={{ language, messages }} />
      </StrictMode>,
    )
  }
}

void start()
