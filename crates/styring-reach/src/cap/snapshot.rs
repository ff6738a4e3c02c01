use super::links::Links;
use super::plan::Plan;
use super::{Boundary, Caps, Held, Identity, ImpressionKey, Keep, Key, Log, Options, Per, Rules, Secret, Store};
use crate::Error;
use crate::cap::impression::{EARLIEST, LATEST};

/// Everything an engine holds, in an order that depends on nothing but what it holds: for a file, another process, or another kind of engine.
///
/// With the feature `serde` it is read and written in any format. Names are not in it, and neither is the [`Secret`], which has to be given again.
///
/// ```
/// use styring_reach::cap::{Caps, Impression, Rules, Secret};
///
/// let mut caps = Caps::new(Rules::common_5_7_14());
/// for _ in 0..3 {
///     caps.observe(&Impression::of("kari", 1_767_225_600)?);
/// }
/// let mut restored = Caps::restore(&caps.snapshot(), Secret::default())?;
/// assert!(!restored.check(&Impression::of("kari", 1_767_225_600)?).allowed());
/// assert!(Caps::restore(&caps.snapshot(), Secret::new([7; 16])).is_err());
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Snapshot {
    version: u32,
    rules: Rules,
    boundary: Boundary,
    identity: Identity,
    /// A known name under the secret: tells another secret without telling this one.
    witness: Key,
    last_tag: u64,
    people: Vec<StoredLog>,
    households: Vec<StoredLog>,
    recorded: Vec<(ImpressionKey, i64)>,
    links: Vec<(Key, Key)>,
    unlinked: Vec<Key>,
    refused_links: u64,
}

/// A log in columns; one that is empty says the same of all.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct StoredLog {
    key: Key,
    at: Vec<i64>,
    classes: Vec<u32>,
    weights: Vec<f64>,
    tags: Vec<u64>,
}

const VERSION: u32 = 1;
const WITNESS: &str = "styring snapshot";

impl Snapshot {
    pub(crate) fn of<S: Store>(plan: &Plan, options: &Options, store: &S, links: Option<&Links>, tag: u64) -> Self {
        let (boundary, identity, secret) = options.parts();
        let logs = |per| {
            let (mut logs, keep) = (Vec::new(), plan.keep(per));
            store.each(per, &mut |key, log| logs.push(StoredLog::of(key, &log, keep)));
            logs.sort_unstable_by_key(|log| log.key);
            logs
        };
        let mut recorded = Vec::new();
        store.each_id(&mut |id, at| recorded.push((id, at)));
        recorded.sort_unstable();
        Self {
            version: VERSION,
            rules: plan.rules().clone(),
            boundary,
            identity,
            witness: secret.key(WITNESS),
            last_tag: tag,
            people: logs(Per::User),
            households: logs(Per::Household),
            recorded,
            links: links.into_iter().flat_map(Links::edges).collect(),
            unlinked: links.into_iter().flat_map(Links::barred).collect(),
            refused_links: links.map_or(0, Links::refused),
        }
    }

    /// The rules that were in force.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn options(&self, secret: Secret) -> Result<Options, Error> {
        if self.version != VERSION {
            return Err(fault(format!("version {} is not {VERSION}", self.version)));
        }
        if self.witness != secret.key(WITNESS) {
            return Err(fault("it was taken under another secret"));
        }
        Ok(Options::default().boundary(self.boundary).identity(self.identity).secret(secret))
    }

    /// Fills an empty store, after having checked that an engine can have written this.
    pub(crate) fn fill<S: Store>(&self, plan: &Plan, store: &mut S) -> Result<Option<Links>, Error> {
        for (per, logs) in [(Per::User, &self.people), (Per::Household, &self.households)] {
            let keep = plan.keep(per);
            if !logs.is_sorted_by(|a, b| a.key < b.key) {
                return Err(fault("logs are not in the order of their keys"));
            }
            for log in logs {
                // Oldest first: each is the newest when it is put in.
                for held in log.checked(keep, self.last_tag)?.into_iter().rev() {
                    store.record(per, log.key, held, &keep);
                }
            }
        }
        if !self.recorded.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(fault("impression ids are not in order"));
        }
        for (id, at) in &self.recorded {
            store.remember(*id, *at);
        }
        match self.identity {
            Identity::Linked { max_ids } => {
                Ok(Some(Links::restore(max_ids, &self.links, &self.unlinked, self.refused_links)))
            }
            Identity::Presented if self.links.is_empty() && self.unlinked.is_empty() => Ok(None),
            Identity::Presented => Err(fault("links where ids are not linked")),
        }
    }

    pub(crate) fn last_tag(&self) -> u64 {
        self.last_tag
    }
}

impl StoredLog {
    /// What is needed of a log; what happens to lie there besides would tell when it was last cleared.
    fn of(key: Key, log: &Log<'_>, keep: Keep<'_>) -> Self {
        fn column<T: PartialEq + Copy>(log: &[Held], same: T, of: impl Fn(&Held) -> T) -> Vec<T> {
            if log.iter().all(|held| of(held) == same) { Vec::new() } else { log.iter().map(of).collect() }
        }
        let log: Vec<Held> =
            log.iter().zip(keep.needed(log)).filter_map(|(held, needed)| needed.then_some(held)).collect();
        Self {
            key,
            at: log.iter().map(|held| held.at).collect(),
            classes: column(&log, 0, |held| held.class),
            weights: column(&log, 1.0, |held| held.weight),
            tags: column(&log, 0, |held| held.tag),
        }
    }

    fn checked(&self, keep: Keep<'_>, last_tag: u64) -> Result<Vec<Held>, Error> {
        let of_length = |len: usize| len == 0 || len == self.at.len();
        if !(of_length(self.classes.len()) && of_length(self.weights.len()) && of_length(self.tags.len())) {
            return Err(fault("the columns of a log are not equally long"));
        }
        let held = |(index, &at): (usize, &i64)| Held {
            at,
            class: self.classes.get(index).copied().unwrap_or(0),
            weight: self.weights.get(index).copied().unwrap_or(1.0),
            tag: self.tags.get(index).copied().unwrap_or(0),
        };
        let log: Vec<Held> = self.at.iter().enumerate().map(held).collect();
        let mut before = None;
        for held in log.iter().copied() {
            if !(EARLIEST..=LATEST).contains(&held.at) {
                return Err(fault(format!("time {} is not of the years 1 to 9999", held.at)));
            }
            if !(held.weight.is_finite() && held.weight > 0.0) {
                return Err(fault(format!("weight {} is not a number above 0", held.weight)));
            }
            if !keep.knows(held.class) {
                return Err(fault(format!("no rule counts class {}", held.class)));
            }
            if held.tag > last_tag {
                return Err(fault(format!("tag {} is above the last, {last_tag}", held.tag)));
            }
            if before.is_some_and(|before: Held| before.order(&held).is_gt()) {
                return Err(fault("a log is not in order, newest first"));
            }
            before = Some(held);
        }
        Ok(log)
    }
}

impl<S: Store> Caps<S> {
    /// Everything it holds.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.plan, &self.options, &self.store, self.links.as_ref(), self.tag)
    }

    /// The same engine again, on an empty store of your own.
    ///
    /// Errors: as [`restore`](Caps::restore).
    pub fn restore_on(mut store: S, snapshot: &Snapshot, secret: Secret) -> Result<Self, Error> {
        let options = snapshot.options(secret)?;
        let plan = Plan::new(snapshot.rules.clone(), snapshot.boundary);
        let links = snapshot.fill(&plan, &mut store)?;
        Ok(Self { plan, options, store, links, tag: snapshot.last_tag })
    }
}

impl Caps {
    /// The same engine again: every decision is as it would have been.
    ///
    /// Errors: [`Error::Snapshot`] for another version, another secret, and for what no engine can have written.
    pub fn restore(snapshot: &Snapshot, secret: Secret) -> Result<Self, Error> {
        let options = snapshot.options(secret)?;
        Self::restore_on(options.memory(), snapshot, secret)
    }
}

fn fault(reason: impl Into<String>) -> Error {
    Error::Snapshot { reason: reason.into() }
}
