/** Above the rows that are drawn, between them and below: as high as those that are not. */
export const Gap = ({ size_px }: { size_px: number }) => (
  <tr aria-hidden="true">
    <td className="gap" style={{ blockSize: size_px }} />
  </tr>
)
