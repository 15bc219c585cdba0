import { createTranslator } from 'use-intl'
import { expect, test } from 'vitest'
import ar from './ar.json'
import en from './en.json'

type Tree = { [key: string]: string | Tree }

function texts(tree: Tree, path = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const name = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') all.set(name, value)
    else for (const [k, v] of texts(value, name)) all.set(k, v)
  }
  return all
}

const english = texts(en)
const arabic = texts(ar)

/** Names of values that a message takes. */
const values = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)(?=[},])/g)].map((m) => m[1]))].sort()

test('both languages have the same messages', () => {
  expect([...arabic.keys()].sort()).toEqual([...english.keys()].sort())
})

test.each([...english.keys()])('%s takes the same values in both languages', (key) => {
  expect(values(arabic.get(key) ?? '')).toEqual(values(english.get(key) ?? ''))
})

test('every form of an Arabic plural is there', () => {
  const t = createTranslator({ locale: 'ar', messages: ar })
  const forms = [1, 2, 3, 11, 100].map((n) => t('actions.leads', { n, shown: String(n) }))
  expect(forms).toEqual(['عميل واحد', 'عميلان', '3 عملاء', '11 عميلًا', '100 عميل'])
})
