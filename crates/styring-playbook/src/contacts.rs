use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Who met an advertisement, where and when, with every id kept once.
///
/// ```
/// use styring_playbook::Contacts;
///
/// let mut contacts = Contacts::new();
/// contacts.add("kari", "VG", 1_767_312_000);
/// contacts.add("kari", "TV 2", 1_767_300_000);
/// contacts.add("ola", "VG", 1_767_350_000);
/// let log = contacts.into_log();
/// assert_eq!(log.channels(), ["TV 2", "VG"]);
/// assert_eq!(log.rows().len(), 3);
/// assert_eq!(log.person(log.rows()[0].person), "kari");
/// ```
///
/// Memory: 16 bytes a row, and for every person the id with some 30 bytes.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    people: Names,
    channels: Names,
    rows: Vec<Contact>,
}

/// One impression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Contact {
    /// In seconds since 1970.
    pub time: i64,
    /// The number of the channel in [`ContactLog::channels`].
    pub channel: u32,
    /// The number of the person, for [`ContactLog::person`].
    pub person: u32,
}

/// Numbers for names, in the order in which they came.
#[derive(Debug, Clone, Default)]
struct Names(HashMap<Box<str>, u32, FixedState>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        // Four thousand million names do not fit into memory.
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.into(), number);
        number
    }

    /// The names by their numbers.
    fn into_list(self) -> Vec<Box<str>> {
        let mut names: Vec<(u32, Box<str>)> = self.0.into_iter().map(|(name, number)| (number, name)).collect();
        names.sort_unstable_by_key(|(number, _)| *number);
        names.into_iter().map(|(_, name)| name).collect()
    }
}

impl Contacts {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One impression, at a time in seconds since 1970.
    pub fn add(&mut self, person: &str, channel: &str, time: i64) {
        let contact = Contact { time, channel: self.channels.number(channel), person: self.people.number(person) };
        self.rows.push(contact);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The same in the order of time. Channels are numbered by name then, so that nothing depends on the order in which the rows came.
    pub fn into_log(self) -> ContactLog {
        let Self { people, channels, mut rows } = self;
        let mut named: Vec<(String, usize)> = channels.into_list().into_iter().map(String::from).zip(0..).collect();
        named.sort_unstable();
        let mut places = vec![0_u32; named.len()];
        for (place, (_, number)) in (0..).zip(&named) {
            if let Some(slot) = places.get_mut(*number) {
                *slot = place;
            }
        }
        for row in &mut rows {
            row.channel = places.get(row.channel as usize).copied().unwrap_or(row.channel);
        }
        rows.sort_unstable();
        ContactLog { people: people.into_list(), channels: named.into_iter().map(|(name, _)| name).collect(), rows }
    }
}

/// Impressions in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactLog {
    people: Vec<Box<str>>,
    channels: Vec<String>,
    rows: Vec<Contact>,
}

impl ContactLog {
    /// The impressions, by time, channel and person.
    pub fn rows(&self) -> &[Contact] {
        &self.rows
    }

    /// The channels, by name.
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// The id of a person; empty for a number that is nobody's.
    pub fn person(&self, number: u32) -> &str {
        self.people.get(number as usize).map_or("", |id| id)
    }
}
