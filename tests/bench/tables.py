# SPDX-License-Identifier: Apache-2.0
#
# Rows of figures as a table.

HEADINGS = ['case', 'ours', 'reference', 'ratio', 'spread', 'runs', 'goal',
            '']


def text(rows):
    cells = [HEADINGS] + [row.cells() for row in rows]
    widths = [max(len(line[i]) for line in cells)
              for i in range(len(HEADINGS))]
    return '\n'.join(
        '  '.join(cell.ljust(w) if i in (0, 6, 7) else cell.rjust(w)
                  for i, (cell, w) in enumerate(zip(line, widths))).rstrip()
        for line in cells)


def rst(rows):
    cells = [HEADINGS] + [row.cells() for row in rows]
    widths = [max(max(len(line[i]) for line in cells), 2)
              for i in range(len(HEADINGS))]
    rule = '  '.join('=' * w for w in widths)
    lines = ['  '.join((cell or ('\\' if i == 0 else '')).ljust(w)
                       for i, (cell, w) in enumerate(zip(line, widths)))
             .rstrip() for line in cells]
    return '\n'.join([rule, lines[0], rule] + lines[1:] + [rule])
