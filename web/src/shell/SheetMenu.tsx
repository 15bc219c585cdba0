// Takes what a table shows along, as CSV or XLSX.
import { Icon } from '@ui/Icon'
import { Menu } from '@ui/overlays'
import { toast } from '@ui/toasts'
import { usePreferences, useText } from '@/i18n'
import { type SheetFormat, rowsOf, saveSheet } from '@/data/sheet'

const FORMATS: readonly SheetFormat[] = ['csv', 'xlsx']

export function SheetMenu({ name, items }: { name: string; items: readonly object[] }) {
  const t = useText()
  const { language } = usePreferences()
  if (items.length === 0) return null
  const save = (format: SheetFormat) => {
    saveSheet(name, format, rowsOf(items), language === 'ar').catch((error: unknown) =>
      toast(t('actions.failed', { why: String(error) })),
    )
  }
  return (
    <Menu
      className="button quiet no-print"
      title={t('export.table')}
      name={t('export.table')}
      label={<Icon name="export" />}
      items={FORMATS.map((format) => ({ text: format.toUpperCase(), act: () => save(format) }))}
    />
  )
}
