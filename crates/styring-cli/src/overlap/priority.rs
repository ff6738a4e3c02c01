//! In which order audiences get their people, and which are only taken out of others.

use styring_segments::exclusions::{NestedWindow, Role, Segment};
use styring_segments::naming::{Scheme, SegmentName};

use super::Request;
use crate::Error;

/// The id that schemes give the stage of segments nobody advertises to.
const EXCLUDE: &str = "exclude";

/// The segments, highest first, and how that came about.
pub(super) struct Priority {
    pub(super) segments: Vec<Segment>,
    pub(super) said: Vec<String>,
}

/// What a name says.
struct Named {
    segment: Segment,
    /// The farther end of its window in hours.
    hours: Option<u32>,
}

impl Priority {
    /// Those of `--order` first. Of the others, those that are only taken out come first, then short windows before long ones, then those without a window; what is alike stays in the order it was read in.
    pub(super) fn of(names: &[String], request: &Request, scheme: &Scheme) -> Result<Self, Error> {
        known(names, &request.order, "--order")?;
        known(names, &request.exclude_only, "--exclude-only")?;
        let read: Vec<Named> = names.iter().map(|name| named(name, request, scheme)).collect::<Result<_, _>>()?;
        let mut places: Vec<usize> = (0..names.len()).collect();
        let ordered =
            |place: &usize| request.order.iter().position(|name| *name == names[*place]).unwrap_or(usize::MAX);
        let by_name = |place: &usize| {
            let Named { segment, hours } = &read[*place];
            (segment.role() == Role::Target, hours.unwrap_or(u32::MAX))
        };
        places.sort_by_key(|place| (ordered(place), by_name(place)));
        let segments: Vec<Segment> = places.iter().map(|place| read[*place].segment.clone()).collect();
        let mut said = Vec::new();
        if request.order.len() < names.len() {
            said.push(
                "Priority, where --order does not say it: audiences that are only taken out, short windows before long ones, the rest; what is alike as it was read."
                    .to_owned(),
            );
        }
        let only: Vec<&str> =
            segments.iter().filter(|segment| segment.role() == Role::ExcludeOnly).map(Segment::name).collect();
        if !only.is_empty() {
            said.push(format!(
                "Only taken out of others, by --exclude-only or by the stage in the name: {}.",
                only.join(" | ")
            ));
        }
        Ok(Self { segments, said })
    }
}

/// Refuses names of audiences that are not there, or that repeat.
fn known(names: &[String], given: &[String], option: &'static str) -> Result<(), Error> {
    for (place, name) in given.iter().enumerate() {
        if !names.contains(name) || given[..place].contains(name) {
            let value = format!("{name} (there are {})", names.join(" | "));
            return Err(Error::Option { option, expected: "audiences that were read, each once", value });
        }
    }
    Ok(())
}

fn named(name: &str, request: &Request, scheme: &Scheme) -> Result<Named, Error> {
    let parsed = scheme.parse(name).into_name();
    let by_stage = parsed.as_ref().is_some_and(|parsed| stage_id(parsed) == Some(EXCLUDE));
    let exclude_only = by_stage || request.exclude_only.iter().any(|only| only == name);
    let segment = if exclude_only { Segment::exclude_only(name) } else { Segment::target(name) };
    let window = parsed.as_ref().and_then(SegmentName::window);
    let hours = window.and_then(|window| window.hours());
    // Windows that begin now lie inside each other; "3–7 days" lies beside "3 days".
    let nested = hours.filter(|_| window.is_some_and(|window| window.from_hours() == Some(0)));
    let segment = match (nested, &parsed) {
        (Some(hours), Some(parsed)) => segment.within(NestedWindow::new(kin(parsed), hours.into())?),
        _ => segment,
    };
    Ok(Named { segment, hours })
}

fn stage_id(name: &SegmentName) -> Option<&str> {
    name.fields().first()?.value().label()?.id()
}

/// Everything of a name but its window.
fn kin(name: &SegmentName) -> String {
    let parts = name.fields().iter().filter(|field| field.value().window().is_none());
    parts.map(|field| format!("{}={}", field.dimension(), field.value())).collect::<Vec<_>>().join("; ")
}
