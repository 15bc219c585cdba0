import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/data/contract.ts', 'test-results'] },
  ...ts.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks, 'jsx-a11y': a11y },
    rules: {
      ...hooks.configs.recommended.rules,
      ...a11y.flatConfigs.recommended.rules,
      // What scrolls must be reachable by keyboard.
      'jsx-a11y/no-noninteractive-tabindex': 'off',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 110, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['test/**', 'bench/**', '**/*.test.ts', '**/*.test.tsx'],
    rules: { 'no-console': 'off', 'max-lines-per-function': 'off' },
  },
)
