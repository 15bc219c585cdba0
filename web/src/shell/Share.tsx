// What a reader does with what is seen: send its address, send it as it is at this instant, print.
import { Icon } from '@ui/Icon'
import { Menu } from '@ui/overlays'
import { toast } from '@ui/toasts'
import { useText } from '@/i18n'
import { answer, api } from '@/data/client'
import { hrefHere, useRoute } from '@/data/route'

const ONE = { params: { query: { limit: 1 } } }

/** As of now: the server says when that is. */
const instantNow = async (): Promise<string> => (await answer(api.GET('/api/v1/queue', ONE))).as_of

export function Share() {
  const t = useText()
  const route = useRoute()
  const copy = (as_of: () => Promise<string | undefined>) => {
    as_of()
      .then((instant) => hrefHere(route, { as_of: instant }))
      .then((hash) => navigator.clipboard.writeText(location.origin + location.pathname + hash))
      .then(
        () => toast(t('share.copied')),
        () => toast(t('admin.notCopied')),
      )
  }
  const as_of = route.query.get('as_of')
  return (
    <Menu
      className="button quiet"
      title={t('share.title')}
      name={t('share.title')}
      label={<Icon name="link" />}
      items={[
        { text: t('share.link'), act: () => copy(() => Promise.resolve(undefined)) },
        // Figures move on; these stay what they are now.
        {
          text: t('share.fixed'),
          act: () => copy(as_of ? () => Promise.resolve(as_of) : instantNow),
        },
        { text: t('share.print'), act: () => window.print() },
      ]}
    />
  )
}
