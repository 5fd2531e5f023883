//! The picture as SVG, drawn in four columns without any tool.

use std::fmt::Write as _;

use super::model::{Graph, Node};
use crate::RuleSet;
use crate::xml::escape;

const BOX_WIDTH: usize = 220;
const BOX_HEIGHT: usize = 44;
const ROW: usize = 60;
const COLUMN: usize = 300;
const MARGIN: usize = 20;
/// Characters of a heading that fit into a box; the whole name is its tooltip.
const TITLE_CHARACTERS_MAX: usize = 28;

const HEAD: &str = "<style>
.box{fill:#f6f8fa;stroke:#57606a}.rule{fill:#ddf4ff}.target{fill:#dafbe1}
text{font:13px system-ui,sans-serif;fill:#1f2328}.detail{font-size:11px;fill:#57606a}
path{fill:none;stroke:#57606a;marker-end:url(#tip)}.back{stroke:#cf222e;stroke-dasharray:5 4}
@media(prefers-color-scheme:dark){.box{fill:#21262d;stroke:#8b949e}.rule{fill:#0c2d6b}
.target{fill:#033a16}text{fill:#e6edf3}.detail{fill:#8b949e}path{stroke:#8b949e}}
</style>
<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" \
markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8\" style=\"marker-end:none\"/></marker></defs>
";

/// The rule set as one SVG document, readable on light and dark ground.
///
/// All text is escaped; it holds no script and loads nothing. A dashed red line back to an input
/// is a way on which an event can come round again.
#[must_use]
pub fn svg(rules: &RuleSet) -> String {
    let graph = Graph::of(rules);
    let rows = [graph.ways_in.len(), 1, graph.rules.len(), graph.targets.len()];
    let height = rows.into_iter().max().unwrap_or(1) * ROW + 2 * MARGIN;
    let width = 3 * COLUMN + BOX_WIDTH + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>bus {}</title>\n{HEAD}",
        escape(&graph.bus),
    );
    let picture = Picture { height, rows };
    picture.lines(&mut out, &graph);
    picture.boxes(&mut out, &graph);
    out.push_str("</svg>\n");
    out
}

/// Where everything is.
struct Picture {
    height: usize,
    rows: [usize; 4],
}

impl Picture {
    /// The upper left corner of a box; a column stands in the middle of the height.
    fn corner(&self, column: usize, row: usize) -> (usize, usize) {
        let rows = self.rows.get(column).copied().unwrap_or(0);
        let top = (self.height - rows * ROW) / 2;
        (MARGIN + column * COLUMN, top + row * ROW + (ROW - BOX_HEIGHT) / 2)
    }

    fn boxes(&self, out: &mut String, graph: &Graph) {
        let bus = [Node { title: graph.bus.clone(), detail: "bus".into() }];
        let columns: [(&[Node], &str); 4] = [
            (&graph.ways_in, "box"),
            (&bus, "box"),
            (&graph.rules, "box rule"),
            (&graph.targets, "box target"),
        ];
        for (column, (nodes, class)) in columns.into_iter().enumerate() {
            for (row, node) in nodes.iter().enumerate() {
                draw_box(out, self.corner(column, row), node, class);
            }
        }
    }

    fn lines(&self, out: &mut String, graph: &Graph) {
        for row in 0..graph.ways_in.len() {
            self.line(out, (0, row), (1, 0));
        }
        for row in 0..graph.rules.len() {
            self.line(out, (1, 0), (2, row));
        }
        for send in &graph.sends {
            self.line(out, (2, send.rule), (3, send.target));
        }
        for (target, input) in &graph.returns {
            self.back(out, *target, *input);
        }
    }

    /// From the right side of one box to the left side of another.
    fn line(&self, out: &mut String, from: (usize, usize), to: (usize, usize)) {
        let (x1, y1) = self.corner(from.0, from.1);
        let (x2, y2) = self.corner(to.0, to.1);
        let (x1, y1, y2) = (x1 + BOX_WIDTH, y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2);
        let middle = usize::midpoint(x1, x2);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "<path d=\"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}\"/>");
    }

    /// From the foot of a target, below everything, to the foot of an input.
    fn back(&self, out: &mut String, target: usize, input: usize) {
        let (x1, y1) = self.corner(3, target);
        let (x2, y2) = self.corner(0, input);
        let (x1, y1) = (x1 + BOX_WIDTH / 2, y1 + BOX_HEIGHT);
        let (x2, y2) = (x2 + BOX_WIDTH / 2, y2 + BOX_HEIGHT);
        let low = self.height - MARGIN / 2;
        let _ = writeln!(
            out,
            "<path class=\"back\" d=\"M{x1} {y1}C{x1} {low} {x2} {low} {x2} {y2}\"/>"
        );
    }
}

fn draw_box(out: &mut String, (x, y): (usize, usize), node: &Node, class: &str) {
    let (title, detail) = (escape(&node.title), escape(&shorten(&node.detail)));
    let shown = escape(&shorten(&node.title));
    let (text_x, title_y, detail_y) = (x + 10, y + 19, y + 35);
    let _ = writeln!(
        out,
        "<g><title>{title}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" \
         width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\"/>\
         <text x=\"{text_x}\" y=\"{title_y}\">{shown}</text>\
         <text class=\"detail\" x=\"{text_x}\" y=\"{detail_y}\">{detail}</text></g>"
    );
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= TITLE_CHARACTERS_MAX {
        return text.to_owned();
    }
    text.chars().take(TITLE_CHARACTERS_MAX - 1).chain(['…']).collect()
}
