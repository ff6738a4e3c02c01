/// How a number is rounded when digits are dropped.
///
/// | value | half-even | half-up | down |
/// |---|---|---|---|
/// | 2.5 | 2 | 3 | 2 |
/// | -2.5 | -2 | -3 | -2 |
/// | 2.51 | 3 | 3 | 2 |
///
/// Half-even is the default: over many amounts its errors cancel (IEEE 754 "roundTiesToEven", bankers' rounding).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Rounding {
    /// To the nearest; ties to the even digit.
    #[default]
    HalfEven,
    /// To the nearest; ties away from zero.
    HalfUp,
    /// Toward zero.
    Down,
}
