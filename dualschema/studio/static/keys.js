// A table by the keyboard, as ARIA's pattern of a grid has it: one of its cells is in the order of
// focus, and the arrows go to the others.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Have a table listen to keys.
 *
 * - grid: Tabulator's; holder: its element.
 * - act: is called with the cell when Enter or F2 is pressed.
 */
export function listenToKeys(grid, holder, act) {
  let row = 0;
  let column = 0;

  const cells = (at) => grid.getRows()[at]?.getCells() ?? [];

  /** Have exactly one cell in the order of focus. */
  function mark() {
    for (const each of holder.querySelectorAll('.tabulator-cell[tabindex="0"]')) each.tabIndex = -1;
    const current = cells(Math.min(row, grid.getRows().length - 1))[column];
    if (current) current.getElement().tabIndex = 0;
  }

  async function go(toRow, toColumn) {
    const rows = grid.getRows();
    if (!rows.length) return;
    row = Math.min(Math.max(toRow, 0), rows.length - 1);
    const all = cells(row);
    column = Math.min(Math.max(toColumn, 0), all.length - 1);
    const element = all[column].getElement();
    // Rows that are far away are not drawn. Else nothing is waited for: the next key may come.
    if (!element.isConnected) await grid.scrollToRow(rows[row], 'nearest', false).catch(() => {});
    mark();
    element.focus();
    // To come into view it may have been scrolled to, and drawn anew.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) element.focus({ preventScroll: true });
    });
  }

  /** Return the cell that an element is, or is in. */
  function cellOf(element) {
    const own = element.closest('.tabulator-cell');
    const line = own && grid.getRow(own.closest('.tabulator-row'));
    return line ? line.getCells().find((each) => each.getElement() === own) : undefined;
  }

  holder.addEventListener('focusin', (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    row = grid.getRows().findIndex((each) => each.getIndex() === cell.getRow().getIndex());
    column = cell.getRow().getCells().indexOf(cell);
    if (column < 0) column = cells(row).findIndex((each) => each.getElement() === cell.getElement());
    mark();
  });

  holder.addEventListener('keydown', (event) => {
    if (!event.target.classList.contains('tabulator-cell')) return;
    const { key } = event;
    if (key === 'Enter' || key === 'F2') act(cellOf(event.target));
    else if (key in STEPS && !event.altKey) go(row + STEPS[key][0], column + STEPS[key][1]);
    else if (key === 'Home') go(event.ctrlKey ? 0 : row, 0);
    else if (key === 'End') go(event.ctrlKey ? grid.getRows().length : row, Infinity);
    else if (key === 'PageUp' || key === 'PageDown') go(row + (key === 'PageUp' ? -10 : 10), column);
    else return;
    event.preventDefault();
  });

  grid.on('renderComplete', mark);
  return { back: () => go(row, column) };
}
