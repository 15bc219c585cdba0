// The frame around every page: navigation, filters, connection, keys that work everywhere.
import { useQueryClient } from '@tanstack/react-query'
import { Suspense, memo, useDeferredValue, useEffect, useState } from 'react'
import { Skeleton } from '@ui/blocks'
import { Icon, type IconName } from '@ui/Icon'
import { Toasts, undoLast } from '@ui/toasts'
import { useText, type Messages } from '@/i18n'
import { useKeys } from '@/data/keys'
import { type Route, RouteOf, hrefTo, useRoute } from '@/data/route'
import { follow } from '@/data/stream'
import { Account } from '@/session/Account'
import { useMayOpen } from '@/session/may'
import { Boundary } from './Boundary'
import { ConnectionNote, LostNote } from './ConnectionNote'
import { FilterBar } from './FilterBar'
import { Help } from './Help'
import { Preferences } from './Preferences'
import { isPage, pageOf, preload } from './pages'
import { PrintHead } from './PrintHead'
import { Search } from './Search'
import { Share } from './Share'

type PageName = keyof Messages['pages']

const NAVIGATION: readonly { page: PageName; icon: IconName; key: string }[] = [
  { page: 'today', icon: 'today', key: '1' },
  { page: 'funnel', icon: 'funnel', key: '2' },
  { page: 'leads', icon: 'leads', key: '3' },
  { page: 'load', icon: 'load', key: '4' },
  { page: 'expiry', icon: 'expiry', key: '5' },
  { page: 'channels', icon: 'channels', key: '6' },
  { page: 'policy', icon: 'policy', key: '7' },
  { page: 'imports', icon: 'imports', key: '8' },
  { page: 'status', icon: 'status', key: '9' },
  { page: 'admin', icon: 'admin', key: '0' },
]

/** A lead belongs to the leads, the leads behind a cell to the funnel. */
const sectionOf = (name: string): string =>
  name === 'lead' ? 'leads' : name === 'cell' ? 'funnel' : name

function Navigation({ route, onChoose }: { route: Route; onChoose: () => void }) {
  const t = useText()
  const mayOpen = useMayOpen()
  const section = sectionOf(route.page)
  return (
    <nav aria-label={t('shell.navigation')}>
      <ul>
        {NAVIGATION.filter((n) => mayOpen(n.page)).map(({ page: name, icon }) => (
          <li key={name}>
            <a
              href={hrefTo(route, name)}
              aria-current={section === name ? 'page' : undefined}
              onClick={onChoose}
              onPointerEnter={() => preload(name)}
              onFocus={() => preload(name)}
            >
              <Icon name={icon} />
              {t(`pages.${name}`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** A page, drawn anew for another address and for nothing else of the frame. */
const Content = memo(function Content({ route }: { route: Route }) {
  const Page = pageOf(route.page)
  return (
    <RouteOf value={route}>
      <PrintHead />
      <Boundary key={route.page}>
        <Suspense fallback={<Skeleton lines={8} />}>
          <Page />
        </Suspense>
      </Boundary>
    </RouteOf>
  )
})

/** Another page is drawn aside, so that the key or click that asked for it is answered at once. */
function Main() {
  const route = useRoute()
  const drawn = useDeferredValue(route)
  const isTurning = drawn.page !== route.page
  return (
    <main id="main" tabIndex={-1} aria-busy={isTurning}>
      <Content route={isTurning ? drawn : route} />
    </main>
  )
}

export function Shell() {
  const t = useText()
  const route = useRoute()
  const client = useQueryClient()
  const mayOpen = useMayOpen()
  const [isHelpOpen, setHelpOpen] = useState(false)
  // Another address closes the menu, whatever led there.
  const [menuAt, setMenuAt] = useState<Route | null>(null)
  const isMenuOpen = menuAt === route
  const closeMenu = () => setMenuAt(null)
  useEffect(() => follow(client), [client])
  useEffect(() => {
    const name = (isPage(route.page) ? sectionOf(route.page) : 'today') as PageName
    const title = route.page === 'account' ? t('account.title') : t(`pages.${name}`)
    document.title = `${title} · Pursuit`
  }, [route.page, t])
  useKeys({
    '?': () => setHelpOpen(true),
    '/': () => document.getElementById('search')?.focus(),
    u: () => undoLast(),
    ...(isMenuOpen ? { Escape: closeMenu } : {}),
    ...Object.fromEntries(
      NAVIGATION.filter((n) => mayOpen(n.page)).map(({ page: name, key }) => [
        key,
        () => (location.hash = hrefTo(route, name)),
      ]),
    ),
  })
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={focusMain}>
        {t('shell.skip')}
      </a>
      {isMenuOpen && (
        <button
          type="button"
          className="shell-veil"
          aria-label={t('shell.closeMenu')}
          onClick={closeMenu}
        />
      )}
      <aside className={isMenuOpen ? 'shell-side open' : 'shell-side'}>
        <div className="brand">Pursuit</div>
        <Navigation route={route} onChoose={closeMenu} />
        <div className="shell-foot">
          <ConnectionNote />
          <Account />
          <Preferences />
          <button type="button" className="button quiet" onClick={() => setHelpOpen(true)}>
            <kbd>?</kbd> {t('shell.keys')}
          </button>
        </div>
      </aside>
      <div className="shell-main">
        <header className="shell-bar">
          <button
            type="button"
            className="button quiet shell-menu"
            aria-expanded={isMenuOpen}
            aria-label={t('shell.menu')}
            onClick={() => setMenuAt(isMenuOpen ? null : route)}
          >
            <Icon name="menu" />
          </button>
          <LostNote />
          <FilterBar />
          <Search />
          <Share />
        </header>
        <Main />
      </div>
      <Help isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      <Toasts />
    </div>
  )
}

/** The address is taken by the route, so the jump is made by hand. */
function focusMain(event: React.MouseEvent): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}
