use super::log::LogBuf;
use super::plan::{Class, Plan};
use super::{
    Boundary, Decision, Held, Id, Identity, Ids, Impression, ImpressionKey, Keep, Key, Linked, Log, Memory, Per, Rules,
    Secret, Store,
};

use super::links::Links;

/// How an engine reads what it is given. The default is what the [module](super) says.
///
/// ```
/// use styring_reach::cap::{Boundary, Caps, Identity, Options, Rules};
///
/// let options = Options::default().boundary(Boundary::Inclusive).identity(Identity::LINKED);
/// let caps = Caps::with(Rules::common_5_7_14(), options);
/// # assert!(caps.rules().iter().count() == 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    boundary: Boundary,
    identity: Identity,
    secret: Secret,
}

impl Options {
    /// Whether an impression exactly as old as a rolling window still counts.
    #[must_use]
    pub fn boundary(self, boundary: Boundary) -> Self {
        Self { boundary, ..self }
    }

    /// Which impressions count for whom.
    #[must_use]
    pub fn identity(self, identity: Identity) -> Self {
        Self { identity, ..self }
    }

    /// What names are hashed with.
    #[must_use]
    pub fn secret(self, secret: Secret) -> Self {
        Self { secret, ..self }
    }

    pub(crate) fn parts(&self) -> (Boundary, Identity, Secret) {
        (self.boundary, self.identity, self.secret)
    }

    pub(crate) fn links(&self) -> Option<Links> {
        match self.identity {
            Identity::Presented => None,
            Identity::Linked { max_ids } => Some(Links::new(max_ids)),
        }
    }

    pub(crate) fn memory(&self) -> Memory {
        Memory::seeded(self.secret.key("map").get())
    }
}

/// Caps over what has been shown to whom: exact, whatever the order in which it is heard of.
///
/// ```
/// use styring_reach::cap::{Caps, Impression, Rule, Rules, Window};
///
/// let rules = Rules::common_5_7_14().and([Rule::new("vg-1d", 1.0, Window::days(1)?)?.on_channels(["VG"])?])?;
/// let mut caps = Caps::new(rules);
/// let noon = 1_767_268_800;
/// assert!(caps.request(&Impression::of("kari", noon)?.channel("VG")).allowed());
/// // TV 2 reports two hours late what it has shown, and reports it twice.
/// let late = Impression::of("kari", noon - 7200)?.channel("TV 2").impression_id("tv2-99");
/// assert!(caps.observe(&late));
/// assert!(!caps.observe(&late));
/// let denied = caps.check(&Impression::of("kari", noon + 60)?.channel("VG"));
/// assert_eq!(denied.blocked_by(caps.rules()).collect::<Vec<_>>(), ["vg-1d"]);
/// # Ok::<(), styring_reach::Error>(())
/// ```
///
/// Cost of a decision: one look-up per id, and a look at as many impressions as the rules that bind it allow; per household the same. [`Memory`] says what a person costs.
#[derive(Debug, Clone)]
pub struct Caps<S = Memory> {
    pub(crate) plan: Plan,
    pub(crate) options: Options,
    pub(crate) store: S,
    pub(crate) links: Option<Links>,
    /// The last tag given to an impression with several ids.
    pub(crate) tag: u64,
}

impl Caps {
    /// Caps in memory, with the default [`Options`].
    pub fn new(rules: Rules) -> Self {
        Self::with(rules, Options::default())
    }

    /// Caps in memory.
    pub fn with(rules: Rules, options: Options) -> Self {
        Self::on(options.memory(), rules, options)
    }

    /// What the logs take, people and households: for those who watch their memory.
    pub fn memory(&self) -> &Memory {
        &self.store
    }
}

impl<S: Store> Caps<S> {
    /// Caps on a store of your own, which is taken to be empty.
    pub fn on(store: S, rules: Rules, options: Options) -> Self {
        let plan = Plan::new(rules, options.boundary);
        Self { plan, options, store, links: options.links(), tag: 0 }
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        self.plan.rules()
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Whether an impression may be shown; nothing is recorded of it. Ids that are presented together are linked, if [`Identity`] says so.
    pub fn check(&mut self, impression: &Impression<'_>) -> Decision {
        self.ask(impression, false)
    }

    /// Whether an impression may be shown; if so it is recorded as shown.
    pub fn request(&mut self, impression: &Impression<'_>) -> Decision {
        self.ask(impression, true)
    }

    /// An impression that has been shown, whatever the rules say of it. Whether it was recorded: not if one of the same id had been.
    pub fn observe(&mut self, impression: &Impression<'_>) -> bool {
        let asked = Asked::new(&self.plan, &self.options.secret, impression);
        let keys = impression.keys(&self.options.secret);
        if let Some(links) = self.links.as_mut().filter(|_| keys.len() > 1) {
            links.see(&keys);
        }
        if asked.is_repeat(&self.store) {
            return false;
        }
        self.tag += u64::from(keys.len() > 1);
        asked.record(&self.plan, &mut self.store, &keys, self.tag);
        true
    }

    #[inline]
    fn ask(&mut self, impression: &Impression<'_>, record: bool) -> Decision {
        let Self { plan, options, store, links, tag } = self;
        let asked = Asked::new(plan, &options.secret, impression);
        let keys = impression.keys(&options.secret);
        let linked = links.as_mut().filter(|_| keys.len() > 1).map(|links| links.see(&keys));
        let everyone = links.as_ref().and_then(|links| links.everyone(&keys));
        let people = everyone.as_deref().unwrap_or(&keys);
        let mut decision = if record {
            asked.request(plan, store, people, &keys, || {
                *tag += u64::from(keys.len() > 1);
                *tag
            })
        } else {
            asked.decide(plan, store, people)
        };
        if let Some(Linked::TooMany(size)) = linked {
            decision.refused = Some(size);
        }
        decision
    }

    /// Says that these ids are one person, from now on and before. Lifts what [`unlink`](Self::unlink) has said of them.
    ///
    /// ```
    /// use styring_reach::cap::{Caps, Identity, Linked, Options, Rules};
    ///
    /// let mut caps = Caps::with(Rules::common_5_7_14(), Options::default().identity(Identity::Linked { max_ids: 2 }));
    /// assert_eq!(caps.link(&["kari", "kari's phone"]), Linked::New(2));
    /// assert_eq!(caps.link(&["kari", "ola"]), Linked::TooMany(3));
    /// ```
    pub fn link<'a>(&mut self, ids: impl Into<Ids<'a>>) -> Linked {
        let keys = ids.into().keys(&self.options.secret);
        self.links.as_mut().map_or(Linked::Off, |links| links.link(&keys))
    }

    /// Takes an id out of the person it was linked to: a shared device, a mistake. The impressions it was shown stay with it, and with the other ids they were shown to; those whom it alone held
    /// together are several again. It is not linked any more by being presented with others, only by [`link`](Self::link). Whether it was linked.
    pub fn unlink<'a>(&mut self, id: impl Into<Id<'a>>) -> bool {
        let key = id.into().key(&self.options.secret);
        self.links.as_mut().is_some_and(|links| links.unlink(key))
    }

    /// The ids of the person whom an id belongs to, in the order of keys; the id alone if it is not linked.
    pub fn person<'a>(&self, id: impl Into<Id<'a>>) -> Vec<Key> {
        let key = id.into().key(&self.options.secret);
        self.links.as_ref().map_or_else(|| vec![key], |links| links.person(key))
    }

    /// Every link that holds, for an audit: pairs of ids, in order.
    pub fn links(&self) -> impl Iterator<Item = (Key, Key)> {
        self.links.iter().flat_map(Links::edges)
    }

    /// How often ids were not linked because they would have been too many.
    pub fn refused_links(&self) -> u64 {
        self.links.as_ref().map_or(0, Links::refused)
    }

    /// Forgets a person: the logs of all ids that are linked with this one, and the links. How many ids had a log.
    ///
    /// What a household has seen is the household's and stays; see [`forget_household`](Self::forget_household). Ids of impressions, which name nobody, are kept so that a late retry does not
    /// bring the person back.
    pub fn forget<'a>(&mut self, id: impl Into<Id<'a>>) -> usize {
        let key = id.into().key(&self.options.secret);
        let person = self.links.as_mut().map_or_else(|| vec![key], |links| links.forget(key));
        person.into_iter().filter(|key| self.store.remove(Per::User, *key)).count()
    }

    /// Forgets what a household has seen. Whether it had a log.
    pub fn forget_household<'a>(&mut self, id: impl Into<Id<'a>>) -> bool {
        let key = id.into().key(&self.options.secret);
        self.store.remove(Per::Household, key)
    }

    /// Drops what no rule can see from `now` on: impressions, and with them their ids. Decisions for earlier times may differ after that; those for `now` and later do not.
    ///
    /// Cost: one pass over everything.
    pub fn expire(&mut self, now: i64) {
        expire(&self.plan, &mut self.store, now);
    }
}

pub(crate) fn expire<S: Store>(plan: &Plan, store: &mut S, now: i64) {
    let sides = [Per::User, Per::Household].map(|per| (per, plan.keep(per)));
    let now = now.clamp(super::impression::EARLIEST, super::impression::LATEST);
    for (per, keep) in &sides {
        store.expire(*per, keep, now);
    }
    store.expire_ids(&|at| sides.iter().any(|(_, keep)| keep.reaches(at, now)));
}

/// An impression as rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    class: Class,
    at: i64,
    weight: f64,
    household: Option<Key>,
    own: Option<ImpressionKey>,
}

impl Asked {
    #[inline]
    pub(crate) fn new(plan: &Plan, secret: &Secret, impression: &Impression<'_>) -> Self {
        Self {
            class: plan.class(impression.names()),
            at: impression.at(),
            weight: impression.weight(),
            household: impression.household_key(secret),
            own: impression.own_key(secret),
        }
    }

    pub(crate) fn household(&self) -> Option<Key> {
        self.household
    }

    pub(crate) fn own(&self) -> Option<ImpressionKey> {
        self.own
    }

    /// Whether nothing is looked at but people.
    pub(crate) fn alone(&self) -> bool {
        self.household.is_none() && self.own.is_none()
    }

    pub(crate) fn is_repeat<S: Store>(&self, store: &S) -> bool {
        self.own.is_some_and(|id| store.is_recorded(id))
    }

    /// What the rules say, with everything that counts for these people.
    pub(crate) fn decide<S: Store>(&self, plan: &Plan, store: &S, people: &[Key]) -> Decision {
        if self.is_repeat(store) {
            return Decision { repeated: true, ..Decision::new() };
        }
        let mut decision = Decision::new();
        match people {
            [] => self.judge(plan, Per::User, &Log::default(), &mut decision),
            [one] => self.judge(plan, Per::User, &store.log(Per::User, *one), &mut decision),
            several if plan.binds(Per::User, self.class) => {
                let union = LogBuf::union(several.iter().map(|key| store.log(Per::User, *key)));
                self.judge(plan, Per::User, &union.as_log(), &mut decision);
            }
            _ => {}
        }
        if let Some(household) = self.household {
            self.judge(plan, Per::Household, &store.log(Per::Household, household), &mut decision);
        }
        decision
    }

    /// Decides with everything that counts for these people, and records for the ids that are presented if it is allowed.
    #[inline]
    pub(crate) fn request<S: Store>(
        &self,
        plan: &Plan,
        store: &mut S,
        people: &[Key],
        presented: &[Key],
        tag: impl FnOnce() -> u64,
    ) -> Decision {
        // One log is looked up only once.
        if let ([one], [_], true, Some((held, keep))) = (people, presented, self.alone(), self.held(plan, Per::User, 0))
        {
            let mut decision = Decision::new();
            decision.recorded = store.record_if(Per::User, *one, held, &keep, |log| {
                self.judge(plan, Per::User, log, &mut decision);
                decision.allowed()
            });
            return decision;
        }
        let mut decision = self.decide(plan, store, people);
        if decision.allowed() && !decision.repeated {
            self.record(plan, store, presented, tag());
            decision.recorded = true;
        }
        decision
    }

    pub(crate) fn record<S: Store>(&self, plan: &Plan, store: &mut S, presented: &[Key], tag: u64) {
        if let Some(id) = self.own {
            store.remember(id, self.at);
        }
        if let Some((held, keep)) = self.held(plan, Per::User, if presented.len() > 1 { tag } else { 0 }) {
            for key in presented {
                store.record(Per::User, *key, held, &keep);
            }
        }
        if let (Some(key), Some((held, keep))) = (self.household, self.held(plan, Per::Household, 0)) {
            store.record(Per::Household, key, held, &keep);
        }
    }

    #[inline]
    fn judge(&self, plan: &Plan, per: Per, log: &Log<'_>, decision: &mut Decision) {
        plan.judge(per, self.class, (self.at, self.weight), log, &mut decision.blocked, &mut decision.next);
    }

    /// What there is to hold of it, if any rule counts it.
    #[inline]
    fn held<'a>(&self, plan: &'a Plan, per: Per, tag: u64) -> Option<(Held, Keep<'a>)> {
        let keep = plan.keep(per);
        let class = keep.class(self.class).filter(|_| self.weight > 0.0)?;
        Some((Held { at: self.at, class, weight: self.weight, tag }, keep))
    }
}
