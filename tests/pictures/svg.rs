//! A picture as SVG text, 800 wide. It knows nothing of what is drawn.
//!
//! One file has the colours of light and dark pages. Blue and orange are apart for colour-blind people too; grey is lighter than both on
//! light pages, and darker on dark ones.

use std::fmt::{Display, Write};

/// The width of each picture.
pub(crate) const WIDTH: f64 = 800.0;

const STYLE: &str = "\
text{font:13px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#1f2328}
.title{font-size:18px;font-weight:700}
.name{font:700 13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.bold{font-weight:700}
.small{font-size:12px}
.on{fill:#fff}
.quiet{fill:#59636e}
.middle{text-anchor:middle}
.end{text-anchor:end}
.page{fill:#fff}
.grid{stroke:#d1d9e0;fill:none}
.axis{stroke:#818b98;fill:none}
.shade{fill:#eff2f5}
.blue{fill:#0072b2}
.pale{fill:#9cc9e4}
.orange{fill:#d55e00}
.grey{fill:#c3cbd3}
@media(prefers-color-scheme:dark){
text{fill:#f0f6fc}
.quiet{fill:#9da7b1}
.page{fill:#0d1117}
.on{fill:#0d1117}
.grid{stroke:#30363d}
.axis{stroke:#7d8590}
.shade{fill:#1c222a}
.blue{fill:#58b4f0}
.pale{fill:#22587d}
.orange{fill:#f59331}
.grey{fill:#4a525c}
}";

/// A picture that is being drawn.
#[derive(Debug)]
pub(crate) struct Picture {
    text: String,
}

impl Picture {
    /// Begins a picture of this height, with its finding as the title and with what a listener hears in its place.
    pub(crate) fn new(height: f64, title: &str, description: &str) -> Self {
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n<style>\n{STYLE}\n</style>\n\
             <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n"
        );
        let mut picture = Self { text };
        picture.text("title", 20.0, 32.0, title);
        picture
    }

    pub(crate) fn text(&mut self, class: &str, x: f64, y: f64, content: impl Display) {
        self.push(format_args!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{content}</text>", Short(x), Short(y)));
    }

    pub(crate) fn rectangle(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let [x, y, width, height] = [x, y, width, height].map(Short);
        self.push(format_args!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"));
    }

    pub(crate) fn dot(&mut self, class: &str, x: f64, y: f64) {
        self.push(format_args!("<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"3\"/>", Short(x), Short(y)));
    }

    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let [x, y, end_x, end_y] = [from.0, from.1, to.0, to.1].map(Short);
        self.push(format_args!("<path class=\"{class}\" d=\"M{x} {y}L{end_x} {end_y}\"/>"));
    }

    /// Draws bars side by side, each this wide: their lower and upper ends by their left edge.
    pub(crate) fn bars(&mut self, class: &str, width: f64, bars: impl IntoIterator<Item = (f64, f64, f64)>) {
        let mut path = String::new();
        for (x, bottom, top) in bars {
            if bottom > top {
                let [x, y, width, height] = [x, bottom, width, top - bottom].map(Short);
                write!(path, "M{x} {y}v{height}h{width}V{y}z").expect("a string takes it");
            }
        }
        self.push(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    pub(crate) fn finish(self) -> String {
        self.text + "</svg>\n"
    }

    fn push(&mut self, element: impl Display) {
        writeln!(self.text, "{element}").expect("a string takes it");
    }
}

/// A coordinate, to a tenth of a pixel.
struct Short(f64);

impl Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The sum makes a plain zero of a negative one.
        write!(f, "{}", (self.0 * 10.0).round() / 10.0 + 0.0)
    }
}
