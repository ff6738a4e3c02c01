use super::{Held, ImpressionKey, Keep, Key, Log, Per};

/// Where the logs lie: in [`Memory`](super::Memory), or where you keep them.
///
/// A store holds one log per person's id and one per household, each newest first, and which impressions have been recorded. It may drop what [`Keep`] does not need, at once or later or never:
/// no decision depends on it. It does no waiting: who keeps logs in a database fetches those of an impression's ids first, and writes them back after.
///
/// [`LogBuf`](super::LogBuf) is a log of one id to build stores of.
///
/// ```
/// use std::collections::BTreeMap;
/// use styring_reach::cap::{Caps, Held, Impression, ImpressionKey, Keep, Key, Log, LogBuf, Options, Per, Rules, Store};
///
/// #[derive(Default)]
/// struct Ordered {
///     logs: BTreeMap<(Per, Key), LogBuf>,
///     recorded: BTreeMap<ImpressionKey, i64>,
/// }
///
/// impl Store for Ordered {
///     fn log(&self, per: Per, key: Key) -> Log<'_> {
///         self.logs.get(&(per, key)).map(LogBuf::as_log).unwrap_or_default()
///     }
///     fn record(&mut self, per: Per, key: Key, held: Held, keep: &Keep<'_>) {
///         let log = self.logs.entry((per, key)).or_default();
///         log.insert(held);
///         let mut needed = keep.needed(&log.as_log()).into_iter();
///         log.retain(|_| needed.next().unwrap_or(true));
///     }
///     fn is_recorded(&self, id: ImpressionKey) -> bool {
///         self.recorded.contains_key(&id)
///     }
///     fn remember(&mut self, id: ImpressionKey, at: i64) {
///         self.recorded.insert(id, at);
///     }
///     fn remove(&mut self, per: Per, key: Key) -> bool {
///         self.logs.remove(&(per, key)).is_some()
///     }
///     fn expire(&mut self, per: Per, keep: &Keep<'_>, now: i64) {
///         for log in self.logs.iter_mut().filter(|(of, _)| of.0 == per).map(|(_, log)| log) {
///             log.retain(|held| keep.visible(held.class, held.at, now));
///         }
///         self.logs.retain(|_, log| !log.as_log().is_empty());
///     }
///     fn expire_ids(&mut self, visible: &dyn Fn(i64) -> bool) {
///         self.recorded.retain(|_, at| visible(*at));
///     }
///     fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>)) {
///         for ((_, key), log) in self.logs.iter().filter(|(of, _)| of.0 == per) {
///             visit(*key, log.as_log());
///         }
///     }
///     fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64)) {
///         self.recorded.iter().for_each(|(id, at)| visit(*id, *at));
///     }
/// }
///
/// let mut caps = Caps::on(Ordered::default(), Rules::common_5_7_14(), Options::default());
/// assert!(caps.request(&Impression::of("kari", 1_767_225_600)?).recorded());
/// # Ok::<(), styring_reach::Error>(())
/// ```
pub trait Store {
    /// The log of a person's id or of a household; empty if there is none.
    fn log(&self, per: Per, key: Key) -> Log<'_>;

    /// Adds an impression to a log.
    fn record(&mut self, per: Per, key: Key, held: Held, keep: &Keep<'_>);

    /// Adds an impression to a log if the log passes; whether it did. A request for one id comes this way, so a store that can read and add in one look-up writes its own.
    fn record_if(
        &mut self,
        per: Per,
        key: Key,
        held: Held,
        keep: &Keep<'_>,
        passes: impl FnOnce(&Log<'_>) -> bool,
    ) -> bool
    where
        Self: Sized,
    {
        let passed = passes(&self.log(per, key));
        if passed {
            self.record(per, key, held, keep);
        }
        passed
    }

    /// Whether an impression of this id has been recorded.
    fn is_recorded(&self, id: ImpressionKey) -> bool;

    /// Holds that an impression of this id was recorded, and when it was.
    fn remember(&mut self, id: ImpressionKey, at: i64);

    /// Removes a log; whether there was one.
    fn remove(&mut self, per: Per, key: Key) -> bool;

    /// Drops what [`Keep::visible`] says cannot be seen from `now` on.
    fn expire(&mut self, per: Per, keep: &Keep<'_>, now: i64);

    /// Drops the ids of impressions whose times are not visible.
    fn expire_ids(&mut self, visible: &dyn Fn(i64) -> bool);

    /// Shows every log, in any order.
    fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>));

    /// Shows every impression id with its time, in any order.
    fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64));
}
