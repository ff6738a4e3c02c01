//! What the charts draw with: a thin layer over the SVG backend of `plotters`, in pixels.

use plotters::prelude::{DrawingBackend, RGBAColor, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontFamily, IntoFont, ShapeStyle, TextStyle};

use super::label;
use super::palette::{Colour, GRID, INK, MUTED, PAPER};
use crate::Error;
use crate::text::clean;

/// The size of text that names things; one that comes through the backend's division by 1.24 as it is.
pub(super) const TEXT: f64 = 13.25;
/// The size of text on axes; nothing is smaller.
pub(super) const SMALL: f64 = 12.0;

/// On which side of its point a text stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Right,
    Left,
    Centre,
}

/// Which way a triangle points.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// How a line is broken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dash {
    Even,
    Long,
    Dots,
}

impl Dash {
    /// One for each line of a chart; more than three begin again.
    pub(super) fn of(place: usize) -> Self {
        [Self::Even, Self::Dots, Self::Long][place % 3]
    }

    /// The dash, and the dash with the gap after it.
    fn lengths(self) -> (f64, f64) {
        match self {
            Self::Even => (5.0, 9.0),
            Self::Long => (13.0, 18.0),
            Self::Dots => (3.0, 7.0),
        }
    }
}

pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    /// The drawing library's complaint, if it had one: drawing goes on, and the chart fails as a whole.
    fault: Option<String>,
}

/// Draws an SVG that says what it shows to those who do not see it.
pub(super) fn svg(
    size: (f64, f64),
    title: &str,
    description: &str,
    draw: impl FnOnce(&mut Canvas<'_>),
) -> Result<String, Error> {
    let mut drawn = String::new();
    let (width, height) = (px(size.0).unsigned_abs(), px(size.1).unsigned_abs());
    let fault = {
        let mut canvas = Canvas { backend: SVGBackend::with_string(&mut drawn, (width, height)), fault: None };
        canvas.rect((0.0, 0.0), size, PAPER, 1.0);
        draw(&mut canvas);
        let presented = canvas.backend.present();
        canvas.note(presented);
        canvas.fault
    };
    if let Some(reason) = fault {
        return Err(Error::Chart { reason });
    }
    // The library writes no role, no title, and an opacity on everything; quotes in texts are escaped, so this finds attributes only.
    let body = drawn.split_once('>').map_or("", |(_, body)| body).replace(" opacity=\"1\"", "");
    let [title, description] = [title, description].map(|text| escape(&clean(text)));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-label=\"{title}. {description}\">\n<title>{title}</title>{body}"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to a range of an i32")]
fn px(value: f64) -> i32 {
    libm::round(value.clamp(-1e6, 1e6)) as i32
}

fn point((x, y): (f64, f64)) -> (i32, i32) {
    (px(x), px(y))
}

fn paint(colour: Colour, alpha: f64) -> RGBAColor {
    let (red, green, blue) = colour.rgb();
    RGBAColor(red, green, blue, alpha)
}

impl Canvas<'_> {
    fn note<E: std::fmt::Display>(&mut self, result: Result<(), E>) {
        if let (Err(fault), None) = (result, &self.fault) {
            self.fault = Some(fault.to_string());
        }
    }

    /// A filled rectangle; nothing if it has no extent.
    pub(super) fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, alpha: f64) {
        let (from, to) = (point(from), point(to));
        if from.0 < to.0 && from.1 < to.1 {
            let drawn = self.backend.draw_rect(from, to, &paint(colour, alpha), true);
            self.note(drawn);
        }
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), width: u32, colour: Colour) {
        let style = ShapeStyle { color: colour_of(colour), filled: false, stroke_width: width };
        let drawn = self.backend.draw_line(point(from), point(to), &style);
        self.note(drawn);
    }

    /// A level dashed line.
    pub(super) fn dashes(&mut self, from: (f64, f64), to_x: f64, width: u32, colour: Colour) {
        const DASH: f64 = 5.0;
        const GAP: f64 = 4.0;
        let mut x = from.0;
        while x < to_x {
            self.line((x, from.1), ((x + DASH).min(to_x), from.1), width, colour);
            x += DASH + GAP;
        }
    }

    /// A dashed line through points.
    pub(super) fn dashed_path(&mut self, points: &[(f64, f64)], width: u32, colour: Colour) {
        self.broken_path(points, width, colour, Dash::Even);
    }

    /// A line through points, broken in one of several ways, so that lines can be told apart without their colours.
    pub(super) fn broken_path(&mut self, points: &[(f64, f64)], width: u32, colour: Colour, dash: Dash) {
        let (dash, period) = dash.lengths();
        // How far into a dash and its gap the last point was.
        let mut phase = 0.0;
        for pair in points.windows(2) {
            let [from, to] = [pair[0], pair[1]];
            let length = libm::hypot(to.0 - from.0, to.1 - from.1);
            let at = |way: f64| {
                let part = way / length;
                (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
            };
            let mut begin = -phase;
            while begin < length {
                let (start, end) = (begin.max(0.0), (begin + dash).min(length));
                if end > start {
                    self.line(at(start), at(end), width, colour);
                }
                begin += period;
            }
            phase = (phase + length) % period;
        }
    }

    /// An area between two lines over the same places.
    pub(super) fn band(&mut self, upper: &[(f64, f64)], lower: &[(f64, f64)], colour: Colour, alpha: f64) {
        let corners: Vec<(i32, i32)> = upper.iter().chain(lower.iter().rev()).copied().map(point).collect();
        let drawn = self.backend.fill_polygon(corners, &paint(colour, alpha));
        self.note(drawn);
    }

    pub(super) fn path(&mut self, points: &[(f64, f64)], width: u32, colour: Colour) {
        let style = ShapeStyle { color: colour_of(colour), filled: false, stroke_width: width };
        let drawn = self.backend.draw_path(points.iter().copied().map(point), &style);
        self.note(drawn);
    }

    pub(super) fn dot(&mut self, at: (f64, f64), radius: u32, colour: Colour) {
        let drawn = self.backend.draw_circle(point(at), radius, &colour_of(colour), true);
        self.note(drawn);
    }

    /// A hollow dot; what lies under it does not shine through.
    pub(super) fn ring(&mut self, at: (f64, f64), radius: u32, colour: Colour) {
        self.dot(at, radius, PAPER);
        let style = ShapeStyle { color: colour_of(colour), filled: false, stroke_width: 2 };
        let drawn = self.backend.draw_circle(point(at), radius, &style, false);
        self.note(drawn);
    }

    pub(super) fn cross(&mut self, (x, y): (f64, f64), reach: f64, colour: Colour) {
        self.line((x - reach, y - reach), (x + reach, y + reach), 2, colour);
        self.line((x - reach, y + reach), (x + reach, y - reach), 2, colour);
    }

    pub(super) fn triangle(&mut self, (x, y): (f64, f64), reach: f64, way: Way, colour: Colour) {
        let corners = match way {
            Way::Left => [(-reach, 0.0), (reach, -reach), (reach, reach)],
            Way::Right => [(reach, 0.0), (-reach, -reach), (-reach, reach)],
            Way::Up => [(0.0, -reach), (-reach, reach), (reach, reach)],
            Way::Down => [(0.0, reach), (-reach, -reach), (reach, -reach)],
        };
        let corners = corners.map(|(dx, dy)| point((x + dx, y + dy)));
        let drawn = self.backend.fill_polygon(corners, &colour_of(colour));
        self.note(drawn);
    }

    /// A text whose middle line is at the point.
    pub(super) fn text(&mut self, at: (f64, f64), side: Side, size: f64, text: &str) {
        self.write(at, side, size, text, INK);
    }

    pub(super) fn muted(&mut self, at: (f64, f64), side: Side, size: f64, text: &str) {
        self.write(at, side, size, text, MUTED);
    }

    /// A name in up to two lines around the point.
    pub(super) fn name(&mut self, (x, y): (f64, f64), side: Side, room: f64, name: &str) {
        let lines = label::two_lines(name, TEXT, room);
        let top = y - (lines.len() as f64 - 1.0) * 8.0;
        for (index, line) in lines.iter().enumerate() {
            self.text((x, top + index as f64 * 16.0), side, TEXT, line);
        }
    }

    fn write(&mut self, at: (f64, f64), side: Side, size: f64, text: &str, colour: Colour) {
        let side = match side {
            Side::Right => HPos::Left,
            Side::Left => HPos::Right,
            Side::Centre => HPos::Center,
        };
        // The backend divides by 1.24, the ratio of a line to its font.
        let font = (FontFamily::SansSerif, size * 1.24).into_font();
        let paint = paint(colour, 1.0);
        let style = TextStyle::from(font).color(&paint).pos(Pos::new(side, VPos::Center));
        let drawn = self.backend.draw_text(&clean(text), &style, point(at));
        self.note(drawn);
    }

    /// A grid line.
    pub(super) fn grid(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.line(from, to, 1, GRID);
    }
}

fn colour_of(colour: Colour) -> RGBAColor {
    paint(colour, 1.0).to_rgba()
}
