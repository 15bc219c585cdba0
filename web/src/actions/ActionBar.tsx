// The quick actions as buttons, each with its key.
import { Icon, type IconName } from '@ui/Icon'
import { useText } from '@/i18n'
import { useMay } from '@/session/may'
import type { ActionKind } from './actions'

export const ACTIONS: readonly { kind: ActionKind; key: string; icon: IconName }[] = [
  { kind: 'note', key: 'n', icon: 'note' },
  { kind: 'call', key: 'c', icon: 'call' },
  { kind: 'assign', key: 'a', icon: 'assign' },
  { kind: 'snooze', key: 's', icon: 'snooze' },
  { kind: 'lost', key: 'x', icon: 'lost' },
]

export function ActionBar({ onAsk }: { onAsk: (kind: ActionKind) => void }) {
  const t = useText()
  if (!useMay().act) return null
  return (
    <div className="row no-print" role="group" aria-label={t('actions.label')}>
      {ACTIONS.map(({ kind, key, icon }) => (
        <button key={kind} type="button" className="button" onClick={() => onAsk(kind)}>
          <Icon name={icon} /> {t(`actions.${kind}`)} <kbd aria-hidden="true">{key}</kbd>
        </button>
      ))}
    </div>
  )
}
