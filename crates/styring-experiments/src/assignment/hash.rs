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
    /// The point of a unit, in 0 … 1, less than 1. Texts are hashed as UTF-8, as they are: `Kari` and `kari` are two units.
    ///
    /// ```
    /// use styring_experiments::assignment::Scheme;
    ///
    /// assert_eq!(Scheme::Fnv1aV1.point("", "a"), 0.22);
    /// assert_eq!(Scheme::Fnv1aV2.point("", "qvz"), 0.3188);
    /// assert_eq!(Scheme::Murmur3.point("form-2026", "kari"), 0.682_116_264_244_541_5);
    /// ```
    pub fn point(self, salt: &str, unit: &str) -> f64 {
        match self {
            Self::Fnv1aV1 => {
                let hash = fnv1a(fnv1a(OFFSET, unit.as_bytes()), salt.as_bytes());
                f64::from(hash % 1000) / 1000.0
            }
            Self::Fnv1aV2 => {
                let hash = fnv1a(fnv1a(OFFSET, salt.as_bytes()), unit.as_bytes());
                let mut digits = [0; 10];
                f64::from(fnv1a(OFFSET, decimal(hash, &mut digits)) % 10_000) / 10_000.0
            }
            Self::Murmur3 => f64::from(murmur3_32(unit.as_bytes(), murmur3_32(salt.as_bytes(), 0))) / 4_294_967_296.0,
        }
    }
}

const OFFSET: u32 = 0x811c_9dc5;

/// The 32-bit FNV-1a hash (Fowler, Noll and Vo).
///
/// ```
/// use styring_experiments::assignment::fnv1a_32;
///
/// assert_eq!(fnv1a_32(b""), 0x811c_9dc5);
/// assert_eq!(fnv1a_32(b"foobar"), 0xbf9c_f968);
/// ```
pub fn fnv1a_32(bytes: &[u8]) -> u32 {
    fnv1a(OFFSET, bytes)
}

fn fnv1a(so_far: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(so_far, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// The digits of a number, without a heap.
fn decimal(mut number: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut from = digits.len();
    for digit in digits.iter_mut().rev() {
        #[allow(clippy::cast_possible_truncation, reason = "a digit")]
        let last = (number % 10) as u8;
        *digit = b'0' + last;
        from -= 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(from..).unwrap_or_default()
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
