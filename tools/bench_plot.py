"""The figures of tools/bench.py as a drawing: what ours costs, the best other kernel's being 1."""
from xml.sax.saxutils import escape

LINE, TOP, NAME, UNIT, TIMES, RIGHT = 20, 66, 330, 150, 4, 210  # pixels; TIMES: the longest bar, in best peers
WIDTH = NAME + UNIT * TIMES + RIGHT
TITLES = {"cortex-m3": "Cortex-M3: instructions and bytes", "avr": "ATmega328P: cycles and bytes"}
REMARKS = {"cortex-m3": "; an exception counts as 24 instructions", "avr": ""}
BETTER, WORSE, GOAL = "#2a7f62", "#c44536", "#222222"


def text(x, y, words, more=""):
    return f'<text x="{x:g}" y="{y:g}" {more}>{escape(words)}</text>'


def bar(figure, y, cost):
    """A line of the drawing; a bar that is too long is cut off, its figure says how long it is."""
    peer = cost(figure.peer)
    ours, goal = cost(figure.ours) / peer, cost(figure.goal) / peer
    length, mark = UNIT * min(ours, TIMES), NAME + UNIT * min(goal, TIMES)
    colour = BETTER if ours <= 1 else WORSE
    return [
        text(NAME - 8, y + 14, figure.name, 'text-anchor="end"'),
        f'<rect x="{NAME}" y="{y + 3}" width="{length:.1f}" height="{LINE - 6}" fill="{colour}"/>',
        f'<rect x="{mark - 1:.1f}" y="{y + 1}" width="2" height="{LINE - 2}" fill="{GOAL}"/>',
        text(max(NAME + length, mark) + 6, y + 14, f"{figure.ours} against {figure.peer} {figure.who}"),
    ]


def axis(bottom):
    lines = []
    for times in range(TIMES + 1):
        x = NAME + UNIT * times
        colour = "#555555" if times == 1 else "#dddddd"
        lines.append(f'<line x1="{x}" y1="{TOP - 4}" x2="{x}" y2="{bottom}" stroke="{colour}"/>')
        lines.append(text(x, TOP - 8, "best peer" if times == 1 else str(times), 'text-anchor="middle"'))
    return lines


def svg(port, figures, cost):
    drawn = [figure for figure in figures if figure.ours is not None and figure.peer is not None]
    bottom = TOP + LINE * len(drawn)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 10}" font-family="sans-serif" '
        'font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        text(10, 20, f"tinyrtos on {TITLES[port]}, the best other kernel's being 1", 'font-size="15"'),
        text(10, 38, f"green: as good or better; red: worse; black mark: our goal{REMARKS[port]}"),
        *axis(bottom),
    ]
    for number, figure in enumerate(drawn):
        lines += bar(figure, TOP + LINE * number, cost)
    return "\n".join([*lines, "</svg>"]) + "\n"
