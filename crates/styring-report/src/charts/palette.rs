/// A colour by its hexadecimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u32);

/// Text and marks.
pub(crate) const INK: Colour = Colour(0x22_2222);
/// Text of lesser weight.
pub(crate) const MUTED: Colour = Colour(0x59_5959);
/// Grid lines.
pub(crate) const GRID: Colour = Colour(0xDD_DDDD);
/// Behind everything.
pub(crate) const PAPER: Colour = Colour(0xFF_FFFF);

/// One colour per channel, by its place in the plan, on light and on dark paper. The first six are those of Okabe and Ito (2008), which people with any kind of
/// colour vision can tell apart; yellow and black are left out because they vanish on one of the two papers. The rest differ from them in lightness. No chart
/// leaves it to colour alone to say which channel is meant.
const CHANNELS: [(Colour, Colour); 15] = [
    (Colour(0x00_72B2), Colour(0x3D_9BE0)),
    (Colour(0xE6_9F00), Colour(0xE6_9F01)),
    (Colour(0x00_9E73), Colour(0x1D_B58A)),
    (Colour(0xD5_5E00), Colour(0xE8_762B)),
    (Colour(0xCC_79A7), Colour(0xD8_8FB8)),
    (Colour(0x56_B4E9), Colour(0x7C_C7F0)),
    (Colour(0x80_8080), Colour(0x9E_9E9E)),
    (Colour(0x00_3F6B), Colour(0x8F_B8DE)),
    (Colour(0x8C_6100), Colour(0xC9_A24A)),
    (Colour(0x00_573F), Colour(0x7F_CFB4)),
    (Colour(0x8A_3300), Colour(0xF0_A27A)),
    (Colour(0x7D_3C63), Colour(0xE7_B9D3)),
    (Colour(0xB5_A600), Colour(0xE6_DA4A)),
    (Colour(0x4D_4D4D), Colour(0xC8_C8C8)),
    (Colour(0x5A_2D82), Colour(0xB7_9AE0)),
];

/// The colour of a channel; more than fifteen begin again.
pub(crate) fn channel(place: usize) -> Colour {
    CHANNELS[place % CHANNELS.len()].0
}

/// Which of the channel colours a place has, for style sheets.
pub(crate) fn class(place: usize) -> usize {
    place % CHANNELS.len()
}

/// Every colour on light paper with its counterpart on dark paper.
pub(crate) fn on_dark_paper() -> impl Iterator<Item = (Colour, Colour)> {
    let plain =
        [(INK, Colour(0xE8_E6E3)), (MUTED, Colour(0xB0_ACA6)), (GRID, Colour(0x3D_4046)), (PAPER, Colour(0x1E_2125))];
    plain.into_iter().chain(CHANNELS)
}

/// The channel colours, light and dark, in order.
pub(crate) fn channels() -> impl Iterator<Item = (usize, (Colour, Colour))> {
    CHANNELS.into_iter().enumerate()
}

impl Colour {
    pub(crate) fn rgb(self) -> (u8, u8, u8) {
        let [_, red, green, blue] = self.0.to_be_bytes();
        (red, green, blue)
    }
}

/// As the drawing library writes it, so that a style sheet can find it: `#0072B2`.
impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:06X}", self.0)
    }
}
