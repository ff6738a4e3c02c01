use super::{Answer, Form};

/// One form that was fitted.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Candidate {
    form: Form,
    answer: Answer,
    weight: Option<f64>,
}

impl Candidate {
    /// The form.
    pub fn form(&self) -> Form {
        self.form
    }

    /// What its fit came to.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// Akaike's weight, `e^(−Δ/2)` over the sum of all, Δ the distance to the best AICc: how much the data speak for it among these forms. None with too few pairs.
    pub fn weight(&self) -> Option<f64> {
        self.weight
    }

    fn aicc(&self) -> Option<f64> {
        self.answer.best()?.aicc()
    }
}

/// Forms that were fitted to the same pairs, the best first.
///
/// ```
/// use styring_response::fit::{Fit, Form, Pairs};
///
/// let spend = [10e3, 15e3, 20e3, 25e3, 30e3, 40e3, 50e3, 60e3, 70e3, 80e3];
/// let orders = [141.0, 196.0, 226.0, 270.0, 291.0, 334.0, 371.0, 388.0, 410.0, 421.0];
/// let choice = Fit::new(Form::Log).choose(&Form::ALL, &Pairs::new(&spend, &orders)?)?;
/// assert_eq!(choice.best().unwrap().form(), Form::MichaelisMenten);
/// // A power curve is out of the question; of the others ten pairs tell little.
/// assert_eq!(choice.candidates().last().unwrap().form(), Form::Power);
/// # Ok::<(), styring_response::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Choice {
    candidates: Vec<Candidate>,
}

impl Choice {
    pub(super) fn of(answers: Vec<(Form, Answer)>) -> Self {
        let mut candidates: Vec<Candidate> =
            answers.into_iter().map(|(form, answer)| Candidate { form, answer, weight: None }).collect();
        // Stable: of equals the one that was named first.
        candidates.sort_by(|one, other| match (one.aicc(), other.aicc()) {
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        });
        if let Some(least) = candidates.first().and_then(Candidate::aicc) {
            let likelihood = |candidate: &Candidate| candidate.aicc().map(|aicc| libm::exp((least - aicc) / 2.0));
            let total: f64 = candidates.iter().filter_map(likelihood).sum();
            for candidate in &mut candidates {
                candidate.weight = likelihood(candidate).map(|likelihood| likelihood / total);
            }
        }
        Self { candidates }
    }

    /// All forms, the best first by AICc; those without one last.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The best of all; none if there are too few pairs to say.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|candidate| candidate.weight.is_some())
    }

    /// The best of those whose curve the data determine.
    pub fn identified(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.weight.is_some() && candidate.answer.identified().is_some())
    }
}
