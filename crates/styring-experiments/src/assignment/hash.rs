/// How a unit and a salt become a point in 0 … 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Scheme {
    /// FNV-1a of `unit + salt`, modulo 1000 (GrowthBook's hash version 1). For what already runs on it: a thousand points, and salts that end alike are not independent (FNV-1a reads the salt last, so that
    /// two units that collide before it collide under every salt).
    Fnv1aV1,
    /// FNV-1a of the decimal digits of the FNV-1a of `salt + unit`, modulo 10 000 (GrowthBook's hash version 2).
    Fnv1aV2,
    /// Murmur3 (x86, 32 bits) of the unit, seeded with the Murmur3 of the salt, over 2³².
    #[default]
    Murmur3,
}

impl Scheme {
    /// The point of a unit, in 0 … 1, less than 1. Texts are hashed as they are, by Murmur3 as UTF-8 and by FNV-1a as in [`fnv1a_32`]: `Kari` and `kari` are two units.
    ///
    /// ```
    /// use styring_experiments::assignment::Scheme;
    ///
    /// assert_eq!(Scheme::Fnv1aV1.point("", "a"), 0.22);
    /// assert_eq!(Scheme::Fnv1aV2.point("", "qvz"), 0.3188);
    /// assert_eq!(Scheme::Murmur3.point("form-2026", "kari"), 0.674_617_957_090_959);
    /// ```
    pub fn point(self, salt: &str, unit: &str) -> f64 {
        match self {
            Self::Fnv1aV1 => {
                let hash = fnv1a(fnv1a(OFFSET, unit), salt);
                f64::from(hash % 1000) / 1000.0
            }
            Self::Fnv1aV2 => {
                let hash = fnv1a(fnv1a(OFFSET, salt), unit);
                f64::from(digits(hash).fold(OFFSET, step) % 10_000) / 10_000.0
            }
            Self::Murmur3 => f64::from(murmur3_32(unit.as_bytes(), murmur3_32(salt.as_bytes(), 0))) / 4_294_967_296.0,
        }
    }
}

const OFFSET: u32 = 0x811c_9dc5;

/// The 32-bit FNV-1a hash (Fowler, Noll and Vo) of a text, one UTF-16 unit at a time.
///
/// For ASCII it is the hash of the bytes. Beyond, the schemes of GrowthBook take what JavaScript calls a character, and not the bytes of UTF-8.
///
/// ```
/// use styring_experiments::assignment::fnv1a_32;
///
/// assert_eq!(fnv1a_32(""), 0x811c_9dc5);
/// assert_eq!(fnv1a_32("foobar"), 0xbf9c_f968);
/// ```
pub fn fnv1a_32(text: &str) -> u32 {
    fnv1a(OFFSET, text)
}

fn fnv1a(so_far: u32, text: &str) -> u32 {
    text.encode_utf16().map(u32::from).fold(so_far, step)
}

fn step(hash: u32, code: u32) -> u32 {
    (hash ^ code).wrapping_mul(0x0100_0193)
}

/// The decimal digits of a number as ASCII codes, without a heap.
fn digits(number: u32) -> impl Iterator<Item = u32> {
    let places = number.checked_ilog10().unwrap_or(0);
    (0..=places).rev().map(move |place| u32::from(b'0') + number / 10_u32.pow(place) % 10)
}

/// The 32-bit Murmur3 hash for x86 (Appleby 2010).
///
/// ```
/// use styring_experiments::assignment::murmur3_32;
///
/// assert_eq!(murmur3_32(b"", 0), 0);
/// assert_eq!(murmur3_32(b"test", 0x9747_b28c), 0x704b_81dc);
/// assert_eq!(murmur3_32(b"Hello, world!", 0x9747_b28c), 0x2488_4cba);
/// ```
pub fn murmur3_32(bytes: &[u8], seed: u32) -> u32 {
    let mix = |block: u32| block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let (blocks, rest) = bytes.as_chunks::<4>();
    let mut hash = seed;
    for block in blocks {
        hash = (hash ^ mix(u32::from_le_bytes(*block))).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    if !rest.is_empty() {
        let mut block = [0; 4];
        block.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
        hash ^= mix(u32::from_le_bytes(block));
    }
    #[allow(clippy::cast_possible_truncation, reason = "the hash takes the length modulo 2³²")]
    let length = bytes.len() as u32;
    hash ^= length;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
