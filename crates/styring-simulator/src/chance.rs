use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of chance: the same seed and stream give the same bits on every machine.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Strictly between the ends.
    pub(crate) fn uniform(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * (((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64)
    }

    /// Normal with mean zero, by Box and Muller.
    pub(crate) fn normal(&mut self, sd: f64) -> f64 {
        let (radius, angle) = (self.uniform(0.0, 1.0), self.uniform(0.0, 1.0));
        sd * (-2.0 * libm::log(radius)).sqrt() * libm::cos(2.0 * std::f64::consts::PI * angle)
    }

    /// Lognormal with median one.
    pub(crate) fn lognormal(&mut self, sd: f64) -> f64 {
        libm::exp(self.normal(sd))
    }
}
