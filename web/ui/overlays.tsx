// What opens over the page: popovers and dialogs. Focus goes in, Escape closes, focus goes back.
import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  Dialog as AriaDialog,
  DialogTrigger,
  Heading,
  Modal,
  ModalOverlay,
  Popover as AriaPopover,
} from 'react-aria-components'

interface PopoverProps {
  label: ReactNode
  /** The name of the button, where its content alone does not say it. */
  name?: string
  /** The name of what opens. */
  title: string
  className?: string
  children: (close: () => void) => ReactNode
}

/** A button with something that opens below it. */
export function Popover({ label, name, title, className, children }: PopoverProps) {
  return (
    <DialogTrigger>
      <AriaButton className={className ?? 'button'} {...(name ? { 'aria-label': name } : {})}>
        {label}
      </AriaButton>
      <AriaPopover className="popover" placement="bottom start" offset={4}>
        <AriaDialog aria-label={title}>{({ close }) => <>{children(close)}</>}</AriaDialog>
      </AriaPopover>
    </DialogTrigger>
  )
}

export interface MenuItem {
  text: string
  act: () => void
}

/** A button with things to do below it. */
export function Menu({
  items,
  ...popover
}: Omit<PopoverProps, 'children'> & { items: readonly MenuItem[] }) {
  return (
    <Popover {...popover}>
      {(close) => (
        <ul>
          {items.map(({ text, act }) => (
            <li key={text}>
              <button
                type="button"
                className="menu-item"
                onClick={() => {
                  close()
                  act()
                }}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}

interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}

export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <Modal className="dialog">
        <AriaDialog>
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          <div className="dialog-body">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
