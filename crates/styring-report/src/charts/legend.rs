//! What the marks of a chart mean.

use super::canvas::{Canvas, Dash, SMALL, Side};
use super::label;
use super::palette::{Colour, INK, MUTED};

const ROW: f64 = 22.0;
const MARK: f64 = 16.0;
const GAP: f64 = 20.0;

/// A mark as it stands in the legend.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    Area(Colour, f64),
    Dot,
    Ring,
    Cross,
    Dashes,
    Bar,
    Bracket,
    Stroke(Colour),
    Broken(Colour, Dash),
    /// A dot on its interval.
    Whisker(Colour),
    Spot(Colour),
    /// Only a remark.
    None,
}

/// Marks and their meanings, in as many rows as they need.
pub(super) struct Legend {
    rows: Vec<Vec<(f64, Mark, String)>>,
}

impl Legend {
    pub(super) fn new(entries: impl IntoIterator<Item = (Mark, String)>, room: f64) -> Self {
        let mut rows: Vec<Vec<(f64, Mark, String)>> = vec![Vec::new()];
        let mut x = 0.0;
        for (mark, meaning) in entries {
            let meaning = label::fit(&meaning, SMALL, room - MARK - 6.0);
            let width = MARK + 6.0 + label::width(&meaning, SMALL);
            if x > 0.0 && x + width > room {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((x, mark, meaning));
            }
            x += width + GAP;
        }
        Self { rows }
    }

    pub(super) fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, (left, top): (f64, f64)) {
        for (index, row) in self.rows.iter().enumerate() {
            let y = top + (index as f64 + 0.5) * ROW;
            for (x, mark, meaning) in row {
                let x = left + x;
                mark.draw(canvas, (x, y));
                canvas.text((x + MARK + 6.0, y), Side::Right, SMALL, meaning);
            }
        }
    }
}

impl Mark {
    fn draw(self, canvas: &mut Canvas<'_>, (x, y): (f64, f64)) {
        let middle = (x + MARK / 2.0, y);
        match self {
            Self::Area(colour, alpha) => canvas.rect((x + 2.0, y - 6.0), (x + 14.0, y + 6.0), colour, alpha),
            Self::Dot => {
                canvas.line((x - 1.0, y), (x + MARK + 1.0, y), 3, MUTED);
                canvas.dot(middle, 5, MUTED);
            }
            Self::Ring => {
                canvas.line((x - 1.0, y), (x + MARK + 1.0, y), 1, MUTED);
                canvas.ring(middle, 4, MUTED);
            }
            Self::Cross => canvas.cross(middle, 4.0, INK),
            Self::Dashes => canvas.dashes((x, y), x + MARK, 1, MUTED),
            Self::Bar => canvas.line((x, y), (x + MARK, y), 2, INK),
            Self::Stroke(colour) => canvas.line((x, y), (x + MARK, y), 3, colour),
            Self::Broken(colour, dash) => canvas.broken_path(&[(x, y), (x + MARK, y)], 2, colour, dash),
            Self::Whisker(colour) => {
                canvas.line((x - 1.0, y), (x + MARK + 1.0, y), 3, colour);
                canvas.dot(middle, 5, colour);
            }
            Self::Spot(colour) => canvas.dot(middle, 4, colour),
            Self::None => {}
            Self::Bracket => {
                canvas.line((x, y), (x + MARK, y), 2, MUTED);
                canvas.line((x, y - 4.0), (x, y), 2, MUTED);
                canvas.line((x + MARK, y - 4.0), (x + MARK, y), 2, MUTED);
            }
        }
    }
}
