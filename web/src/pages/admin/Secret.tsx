// What is told once: a link or a token, to be copied now.
import { Icon } from '@ui/Icon'
import { toast } from '@ui/toasts'
import { useText } from '@/i18n'

export const linkOf = (token: string): string =>
  `${location.origin}/#/sign-in?link=${encodeURIComponent(token)}`

interface Props {
  hint: string
  text: string
  /** Closes the dialog that it is in, where there is one. */
  onClose?: () => void
}

export function Secret({ hint, text, onClose }: Props) {
  const t = useText()
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => toast(t('admin.copied')),
      () => toast(t('admin.notCopied')),
    )
  return (
    <>
      <div className="panel-body stack" role="status">
        <p>{hint}</p>
        <div className="row">
          <code className="mono grow link-text" dir="ltr">
            {text}
          </code>
          <button type="button" className="button" onClick={copy}>
            <Icon name="link" /> {t('admin.copy')}
          </button>
        </div>
      </div>
      {onClose && (
        <div className="dialog-end">
          <button type="button" className="button primary" onClick={onClose}>
            {t('shell.close')}
          </button>
        </div>
      )}
    </>
  )
}
