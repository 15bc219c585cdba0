// The keys, all of them.
import { Dialog } from '@ui/overlays'
import { useText } from '@/i18n'

const KEYS = [
  ['1 – 0', 'pages'],
  ['/', 'search'],
  ['j k', 'move'],
  ['Enter', 'open'],
  ['n', 'note'],
  ['c', 'call'],
  ['a', 'assign'],
  ['s', 'snooze'],
  ['x', 'lost'],
  ['u', 'undo'],
  ['?', 'help'],
] as const

export function Help({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText()
  return (
    <Dialog title={t('help.title')} isOpen={isOpen} onClose={onClose}>
      <dl className="facts">
        {KEYS.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt>{keys.split(' ').map((k) => (k === '–' ? ' – ' : <kbd key={k}>{k}</kbd>))}</dt>
            <dd>{t(`help.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-end">
        <button type="button" className="button" onClick={onClose}>
          {t('shell.close')}
        </button>
      </div>
    </Dialog>
  )
}
