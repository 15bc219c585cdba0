// Catches what a page throws, so that the rest goes on.
import { Component, type ReactNode } from 'react'
import { Notice } from '@ui/blocks'
import { useText } from '@/i18n'

function Broken({ error }: { error: Error }) {
  const t = useText()
  return (
    <Notice isBad title={t('state.broken')}>
      <p>{error.message}</p>
      <button type="button" className="button" onClick={() => location.reload()}>
        {t('state.reload')}
      </button>
    </Notice>
  )
}

export class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error) {
    return { error }
  }
  override render() {
    return this.state.error ? <Broken error={this.state.error} /> : this.props.children
  }
}
