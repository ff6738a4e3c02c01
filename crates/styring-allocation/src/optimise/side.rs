use super::choice::Choice;
use super::constraint::Constraint;
use super::piece::Domain;
use crate::Error;

/// What a channel's spend may be, and which of its constraints say so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Side {
    pub(super) domain: Domain,
    pub(super) lower: Option<Constraint>,
    pub(super) upper: Option<Constraint>,
}

impl Side {
    /// Checks every number of a choice and brings its constraints together.
    pub(super) fn of(choice: &Choice) -> Result<Self, Error> {
        let name = choice.name.as_str();
        let channel = || name.to_owned();
        let amount = |field: &'static str, value: f64| {
            if value.is_finite() && value >= 0.0 {
                Ok(value)
            } else {
                Err(Error::out_of_range(field, Some(name), "zero or above and finite", value))
            }
        };
        let positive = |field: &'static str, value: f64| {
            let value = amount(field, value)?;
            if value > 0.0 { Ok(value) } else { Err(Error::out_of_range(field, Some(name), "above zero", value)) }
        };
        let minimum = amount("minimum", choice.at_least)?;
        let mut upper = choice
            .at_most
            .map(|most| amount("maximum", most))
            .transpose()?
            .map(|most| (most, Constraint::Maximum { channel: channel(), amount: most }));
        let now = choice.now.map(|now| amount("present spend", now)).transpose()?;
        if let Some((from, to)) = choice.seen {
            let (from, to) = (amount("observed spend", from)?, amount("observed spend", to)?);
            if from >= to {
                return Err(Error::out_of_range(
                    "observed spend",
                    Some(name),
                    "from less to more",
                    format!("{from} to {to}"),
                ));
            }
        }
        if let Some((most, _)) = upper.as_ref().filter(|(most, _)| *most < minimum) {
            let between = vec![
                Constraint::Minimum { channel: channel(), amount: minimum },
                Constraint::Maximum { channel: channel(), amount: *most },
            ];
            return Err(Error::Conflict { between, by: minimum - most });
        }
        let mut tighten = |most: f64, constraint: Constraint| {
            if upper.as_ref().is_none_or(|(known, _)| most < *known) {
                upper = Some((most, constraint));
            }
        };
        let mut floor = 0.0;
        if let Some(step) = choice.step {
            let (down, up) = (amount("step down", step.down)?, amount("step up", step.up)?);
            if down > 1.0 {
                return Err(Error::out_of_range("step down", Some(name), "at most 1, which is all", down));
            }
            let now = now.ok_or(Error::Missing { channel: channel(), what: "present spend", needed_by: "a step" })?;
            floor = now * (1.0 - down);
            let most = amount("step up to", now * (1.0 + up))?;
            tighten(most, Constraint::StepUp { channel: channel(), amount: most });
        }
        if let Some(contacts) = choice.contacts {
            let people = positive("people", contacts.people)?;
            let cap = positive("frequency cap", contacts.cap)?;
            let cpm = positive("CPM", contacts.cpm)?;
            let most = amount("spend at the frequency cap", people * cap * cpm / 1000.0)?;
            tighten(most, Constraint::FrequencyCap { channel: channel(), amount: most });
        }
        // Steps that keep a channel on leave no choice of turning it off.
        let or_off = choice.or_off && minimum > 0.0 && floor <= 0.0;
        let lower = if floor > minimum {
            Some((floor, Constraint::StepDown { channel: channel(), amount: floor }))
        } else if minimum > 0.0 && or_off {
            Some((minimum, Constraint::OffOrMinimum { channel: channel(), amount: minimum }))
        } else if minimum > 0.0 {
            Some((minimum, Constraint::Minimum { channel: channel(), amount: minimum }))
        } else {
            None
        };
        let (low, high) =
            (lower.as_ref().map_or(0.0, |(low, _)| *low), upper.as_ref().map_or(f64::INFINITY, |(high, _)| *high));
        let (lower, upper) = (lower.map(|(_, lower)| lower), upper.map(|(_, upper)| upper));
        if low > high && or_off {
            return Ok(Self { domain: Domain::new(0.0, 0.0), lower, upper });
        }
        if low > high {
            return Err(Error::Conflict { between: lower.into_iter().chain(upper).collect(), by: low - high });
        }
        Ok(Self { domain: Domain { low, high, or_off }, lower, upper })
    }
}
